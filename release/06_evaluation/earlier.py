"""What earlier assignments built, in the course's own words, so that one gap there does not cascade.

Change nothing here. `MY_OWN` at the top of the notebook puts what you built yourself in its place.
"""

import base64
import bz2

import numpy as np


def _sealed(exercise, packed):
    """The function below, packed, until you have found your own answer; then practice.reveal("name") shows it."""
    def unpacked(stub):
        exec(compile(bz2.decompress(base64.b85decode(packed)), f"<{stub.__name__}: sealed>", "exec"), globals())
        return globals()[stub.__name__]
    return unpacked


@_sealed("01_pixels/make_line",
         "LRx4!F+o`-Q(0b~`f>mOz+Zq(5K!l68U{d7iofsQ@Gt>+lSDL9JX0s8K{WIRh#3GH140RfG}?e@Xgy5;0iY!{0txD#o{D-#LFofS"
         "OheSk7G}_yl-it&3KvdO(FgMTEiF?R13=7bl3v@^YnNkkMM5F{z59+2Bc>v@nJMv=ipwJN10Ez)wEcr~>qlgKN-5g&{T{$^PzgOC"
         "=8Fa?r!t96K~uL)^ckwwAPg2*93_e2mV&|>x+M>lOSnQLL>eC<1(Z|bIiQEQ#$*Q~UJhDmh16D+W95L4&8Z0`#Dt8vY|bQ1*xKXO"
         "u0e_j=I<V!cTv$G6}{Ze<fQiYnvwVjT|RLEFrI+0sZ6L%F|7Wdjs?>yPz6bQroG#TcQF0WB-OdF9YM9RgbL(eNHAq|dK?}^*mmJm"
         "9vfe>T4EAcASDM8VyR&wl{+RAIO}0Sch#=eF0LHvx=eK!z`nZr4`Okf@3melCXGVsR+qX03OJshOaW3PMoehiP<*J=u?P?`ptCX`"
         "#oUoj6eJg?zMOy")
def make_line(kind, index, size=3):
    """Draw a white line (1) on black (0).

    Parameters
    ----------
    kind : str
        "vertical" or "horizontal"; anything else raises ValueError.
    index : int
        Which column (vertical) or row (horizontal), counted from 0.
    size : int
        Height and width of the image.

    Returns
    -------
    ndarray of shape (size, size), floats
        make_line("horizontal", 0) is [[1, 1, 1], [0, 0, 0], [0, 0, 0]].
    """


@_sealed("01_pixels/add_noise",
         "LRx4!F+o`-Q&~}(fm;9oq~Cx|5KwP&njpYfiofUI@Gt>dNoZ(|O)#1!MvWRhP+>Im4Mu1+C#b~J5SbW;38sJ=WXXi4l-i9aqMxcg"
         "O$LU6>M}Gk0RYrMuxz)Nm(NBQ7QYS@0BgWD9-Th=K;E`MV!@>f!25nv(T6>*M#lM*tTwr?XLi@<EZrUTg%Q(@7Hkp*9dKg@L96a$"
         "-nbVID&{_9^j82`hg&W>Z)l_$5tS0;GZu}g#=wx0WRq3f3On<}%Iy-gNG{?^wP_)FuO~CbHtU-|n_UyV6}|joa#l9&T5geW;vn;>"
         "VGOcNZ;nOY54L|!jx|F)q_7wu49xVDJlIO*6_liSGnk?zS!<Aeds=k^z#woJmZ6fwXV3)6VJw`SGs;N*LExGp@@|TjGqXmdxXf;b"
         "aT8>;iUz<QCZIw|1sFg<l=|T(9bf@Liz6wY){~vXBEobWlr$87@pmLsg$V^2s1>j")
def add_noise(img, sigma, rng):
    """Add normal noise to every pixel and clip to [0, 1].

    Parameters
    ----------
    img : ndarray of shape (H, W)
        Pixels from 0 to 1; is not changed.
    sigma : float
        Standard deviation of the noise; 0 means no noise.
    rng : np.random.Generator
        Where all random numbers come from.

    Returns
    -------
    ndarray of shape (H, W), floats
        Pixels [0.0, 0.5, 1.0] with noise [-0.1, 0.2, 0.1] become [0.0, 0.7, 1.0].
    """


@_sealed("01_pixels/flatten_images",
         "LRx4!F+o`-Q&}{*k$wOGbYFl?5KwnK8UR65iofUH;4lFCs|2cLKT3HTo})n8h9CeLsi4%wPc)jIqttpJXaEfw4^T=ZOlSca9-*d<"
         "4FRJ@fe92@Qm<o1#@r?&1PB2hEy|=L#fe(IHUDAt;i5g%TH9Icd>uXo(1*Ghf@g_XqM`2WFG?H^Jc@@qVXfDRNi~qL#GMsOoX6EU"
         "U^Hc~kqRodwK<f;xFxb<zJl}~d{dUG%~2&Zgj-#E9|H=?ST$>u_@tDRsX-7&ny&DKlv3hBhHG~QA!leN3TQAUA5)5@Q*y}}BFfp2"
         "P%sgL`wB4_(HE@JAdb=p2ZPZfl4%%Xf{h9T#9S@@F64@Ep&)5<BK!")
def flatten_images(imgs):
    """Turn each image into one row of pixels.

    Parameters
    ----------
    imgs : ndarray of shape (N, H, W)
        N images; is not changed.

    Returns
    -------
    ndarray of shape (N, H * W)
        Row i is image i, read row by row: [[[1, 2], [3, 4]]] becomes [[1, 2, 3, 4]].
    """


@_sealed("01_pixels/make_lines",
         "LRx4!F+o`-Q(2Ja1h4=A{$GGi5Kw3EJ|M!-%D?ab@IV3`X_47>8VDvsQ%n;?+L<1qkTl52kTo(*P3fw7nFpvIpa1{>0i#5OJwN~&"
         "00000kx7+3qbVMZPg6hu&;UI^Bp|({IxRm1#kJ?HXBODZ$DE<6kd}myiXcV5NscFP76j#?16}9ah5UGZtEPR;glTh6ls0W+ui=BA"
         "Q$qG9V3js2#V97d(3+C?*XyN1ggH$*g*&J&RW>YWq5|`|lCGH9NIZdzM5?Z{M6FvBG*~Zu{)iN7?yhN*Quw3ihN!FaOrAij5OoJ~"
         "UnOYfC<nICGTnmiFjj^unHDH*!dAW)fY}w*#q4S_yw+nplG6(ic{7(WzKKvJVW{<?1G=})6M$?=9jgXTrI<BAmW_}BMjFA4Lm5Xq"
         "9LFiBk+gQA-he5UL2T=oa*P0z+W2-R$ia}SKTP-;-+~onHW@^Q0L+Q{Gd943_j_`2G^e_j2xOa2s#L}nA>bg070yCamD+C>l@fr9"
         "f~fI=s-9umvV|=oB{WqRt{@VDJIc)yWSI@BqT<FllRqqrR-!Ylt<93V225mUjus;>1aIHS+%FH}?bUO_8wwiN?M(}CiPt-^gp9Fm"
         "V8V>@t5E^~8HhJp02-i)fPx6jwu<3!>WrmKh>XM-CuE?<2al#96??=OjbltqKO_)e$bzsT-f1U9N+<Zck}1N3goiLCfB")
def make_lines(n, rng, positions=(0, 1, 2), noise=0.0):
    """Make n images of lines with their labels.

    Parameters
    ----------
    n : int
        How many images; half of them vertical.
    rng : np.random.Generator
        Where all random numbers come from.
    positions : sequence of int
        At which columns or rows lines may lie.
    noise : float
        sigma for add_noise.

    Returns
    -------
    X : ndarray of shape (n, 9)
        One flat image a row, pixels from 0 to 1, in mixed order.
    y : ndarray of shape (n,)
        1 for vertical, 0 for horizontal.
    """


@_sealed("03_activations/sigmoid",
         "LRx4!F+o`-Q&}=$8)^Umkl%n!5Lj>WdjbGh3P0!n@Gt>7lwqoE1sl~5Q_6ac0iYTIqiSUJ3Lrf|00E!?002r8NSjHMDd~uYL4q;^"
         "L)3~PomVQ;528s;AG!F_2onNW*B6r07<>1*TFQP<dZ+Bj>P>74lM`vu7QXQ=bB);{2pDVcjA>FB{4OS=S+rAEQA#C6cs?k~(;j;F"
         "TruP&WX9rCcB*Iyqc28gRwySS!BSh}0uXh1ENr)w3e%17J2^Eyc4Ym2$c24e9Iy<|WROLH0d`erMAU4R7hL7?gPJ2OwPL_CH$sB-"
         "{+qKJrOZ_)FCP+{CLlUow`%7X(mn#!QxQeczk`vnwa-ni7mAw-al!7|L?mX}ZV02;jRQkIkx{cv0@oO+nxsde))T=pV$v?LSZm59"
         "5>N;WJSWJH;_gVN3K9lPBW*w")
def sigmoid(z):
    """Squeeze scores into votes between 0 and 1: 1 / (1 + exp(-z)).

    Parameters
    ----------
    z : number or ndarray of any shape
        Scores; may be as large as 1000 or as small as -1000.

    Returns
    -------
    number or ndarray of the shape of z

    Example by hand: sigmoid of [0, 2, -2] is [0.5, 0.881, 0.119].
    """


@_sealed("04_losses/binary_cross_entropy",
         "LRx4!F+o`-Q&~vH^^pJo>feA}5O8OI+5#t03cv5)>OcYAX_Odgs(L8N>Ymdi$v31;G%^F!(UU_%(hXGeQ8UV!Jww#fOn_tqAPj&E"
         "0000000000B!~)WnJRvYJxs}|ri~t<pcp~wCV<3YHbJ|=V5u6|$)S&gJXx^C2n-TOa@x56T96}gJbNC-(YWwC%QW+vw#*+agzd7G"
         "VYi})Wm(26p{_!)b3zAMc(=TP9Eu3#83LnKm>mcrx7fUr-)S&l-*K~M$>rrGb<Wj{OxEZfNoo+1MlUX2lgK)dGl!7(DJtNf1Oid#"
         "T^@Pw@DMA0WvZtnWlD?en-IKpu90*`P=RfoW}|v^b|H}Gzw5x~v+~{JXkB|i?|xmz^D(Z6?ZD>5Qt~x1(D1L3FV+a_p~-(@-8ks&"
         "C`dO!3?uR}u0u8mD;nT~4gx+oaEL2anyPj&bP8dUYsV>^T$u+N87lzB)=}DI9?J0ZHC`vF63%bcb2M>`=3CJjM_k-wRFo4MCegl)"
         "N*C6PqA5uZbSNkcx^d!+mun(aMzpLZ;@-EM!K3Nl2@a0KGKS()4rZyP0qslRL>oqSI1yX6jNF{i*A^(sv9(%btL#OFO0`qQ$gx|f"
         "#K9BYE5XdrSYR;Mu&eP9A~k~_#oUoj6eJQcy<|W")
def binary_cross_entropy(y_true, y_prob, eps=1e-12):
    """Mean surprise of N two-way votes, with the natural logarithm.

    Parameters
    ----------
    y_true : ndarray of shape (N,)
        Labels, 0 or 1.
    y_prob : ndarray of shape (N,)
        Probabilities of label 1, float64 or float32; exactly 0 and 1 may occur.
    eps : float
        Probabilities are kept between eps and 1 - eps.

    Returns
    -------
    float
        binary_cross_entropy(np.array([1, 0, 1]), np.array([0.8, 0.4, 0.5])) is 0.4757.

    Raises
    ------
    ValueError
        If the shapes differ.
    """


@_sealed("05_descent/logistic_forward",
         "LRx4!F+o`-Q&}EG`@sMJkKcez5KwP(QbIsbO26md@Gt=y8$(SJn@uLtZAA2BjUG|yFq&zJ=tRjpr1q40gVa4hGBgb|4Hz;_Mp5EG"
         "WND*702*j%DFz6U79{oum(2alnIH%upq?k@Pc<{gMhG{1E>;qpN$YjY9olByS1`^Mza(GTk@bB*Y#V_dn-IE_Wtp%N!;p%>tx<SN"
         "geKJcKyc&@Dxz`~smBI8%Z>Tx07k=!3^$ad)+?=U9SHfhH|xlZ{|V36-8;ZRAE<|QQ`qR4l`Zg!=?CH?9W`{yG*D0a_ntDKr-7gq"
         "CDkTC#GIetD%gN5TcHF2ACUMk$RuQM5&$T*sy|*bfaWx%#`+48Oj|>gVL&55KouP(SrjQ*z!b-XR9u%iiJI|uBvXY60pwr25C")
def logistic_forward(X, w, b):
    """How sure one neuron is of label 1, for each sample.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    w : ndarray of shape (n_features,)
    b : float

    Returns
    -------
    ndarray of shape (n_samples,)
        Probabilities between 0 and 1.

    Example: X = [[2, -1], [1, 1]], w = [0.5, 1], b = 0.25 gives [0.5622, 0.8520].
    """


@_sealed("05_descent/logistic_gradients",
         "LRx4!F+o`-Q(5?kgWLcB;@^Nx5Kw3Ol0pVlO26md;4lH37Sz~js8d79qIxtS000^q0#ijWri~gV(it>lG-w8cK_aC+r9D4X$ex7L"
         "CJ;7&jM5n)1T^oLJeLrnxj5}zlgX&5B$ebNaBr2zU6?XVIyj%l3*d%$iEzTDP=$lF-*&-dZ=DZ%ZL>YL&>q&HDQd<%gbCi^>egu2"
         "2`-~xiRQ=B#8U0DgH4J%Z{F^1ck~TnQ+;@y;j@`p2688xCu*uu=X^M}F*L{SO#F*&&7Ob@Elj7@Y4eQ^DKxXH2D3_d1aqWSU=#r@"
         "pmxoq2Ku;QM*&ogAq$g~6=s5Pmg&I<5V)ET&)!1vYp=;Z8M&8bK35=~3M9Pzgkn)HM*{VSuD~V&)Aof3xxtr`5Q72CQ+^$6+7WoA"
         "eEdREfU!<y1OSM4anWjWs)0-xK~Y_00ds9Bv{>EJ3WZ-(ry_Pt@G!EoDA9Vtl8Mnl8eEi!L!_q$QX3o8KNc0%&?3bCF64@Ep&{`R"
         "2e<")
def logistic_gradients(X, y, w, b):
    """The slopes of the mean binary cross-entropy in the weights and in the bias of one neuron.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Labels, 0 or 1.
    w : ndarray of shape (n_features,)
    b : float

    Returns
    -------
    dw : ndarray of shape (n_features,)
        Mean over the samples of (p - y) x.
    db : float
        Mean over the samples of p - y.

    Example: X = [[1, 0], [0, 2], [1, 1], [2, 0]], y = [1, 0, 0, 0], w = [0, 0], b = 0
    gives dw = [0.25, 0.375], db = 0.25.
    """


@_sealed("05_descent/gd_step",
         "LRx4!F+o`-Q(2XX=#c;buwQ^p5Kwn>G7<pPiofUI;4lF@WgwK&B{q$u(t1x5Q%xR302@spl+vC_sUNC(hpD5|dW`@L03M*qQH0t6"
         "01#qf1_UZWWdtFhA<Qs&l=M!8u#iYAf(MbHyLuuB7;=eHCr(ca`SHAz$u?Lx>UkS>YB!0&xri@4Am`L`?@;WGrm5<@-Xh|POJHGI"
         "tkYt-+>9eLx!h<FNOpy_<7eb?;(~vqEL5HjdB8A>5=?TdavUyfY_mEdyA3XEP18a?kJhY-qIeU!acu6haYRFUiVO{GArp7yGUQSH"
         "jd@PpYcyv0Qr23=X2yz;iCSl@LM}4hvXe_tyDobgfx`4&RNHbO(0?YGEN0Nc2PkrxLl{LbZ3`$#wQ)<}Yn5>7p<!hWQwOPi1EhlE"
         "P*QEId1u8$X;%Liaz!{$kd=w(kp")
def gd_step(w, b, dw, db, lr):
    """One step of gradient descent.

    Parameters
    ----------
    w, dw : ndarray of shape (n_features,)
        Weights, and the slope of the loss in each.
    b, db : float
        Bias, and the slope of the loss in it.
    lr : float
        The learning rate.

    Returns
    -------
    w : ndarray of shape (n_features,)
        The new weights, in a new array.
    b : float
        The new bias.

    Example: w = [1, -2], b = 0.5, dw = [0.5, 1], db = -1, lr = 0.1 gives [0.95, -2.1] and 0.6.
    """


@_sealed("05_descent/train_logistic",
         "LRx4!F+o`-Q&|h)mnr}OeP4i0P*87gzY;}M%D?a5`alBQ!3={eG?_$X^%xTqMt}eYfB~aHrjsB<^qEaPMxLMuWMKwDgviG<#J~bz"
         "0$>0W00A&ah?7kxp{bK0spx74sL1pn(<4JgfQ}{!vg_8b6C%2`#`obAGQ@Xx7kLzY&|W;EK(dGqMO0g9wu_}sxtM-g-g3t;v-yQ="
         "?}NPjmHwCqTW6?v21=d$vQ6V6`#gr<HwtXeckP^gE&^ijhJ04KSMUOp4!0(1u|TAk3q%-BttQ7`kwEziRc8V(Hc4cYOk)t`u~*ij"
         "cGGVIY;JH}o!g_7l27|c$Sx7xASu6%htENsG1C#n3Ob2rTg5jkIE&Z|5bdfkqMYbYEE%8_Nc=)?4StWZ%Cf})icpP10f64_cwRNE"
         "hg%NH@ZpRp!&#TB7=~zXO!kc<K8S4Ht&phXn_PB<F}yiVm-Q{fTRyhlTy&BQT`))X<x+(=&m;?*!=h_?Dr7SGoney_X==Y7asnK)"
         "&Fgwq%8QPf32q=y&bORS^MoS9{O`E%n(rZG;V`uzbpk0wvtgO&X|R%oPEE@uqoCSuD?&qXGE#`lkc1+TaVVdrHX~plNFq<QBz9m^"
         "90c$Wu!t@NsD@avDJ!JGrt>8Sqen48bFOdQR+YadoCv|Yb#bCXfstN0n(WIkoeiPKA=GNyp6RO0Y9n*ViF~U>QsRtqVxlZXA)<o|"
         "B@Sk&j5!uS&VtcGwR$OW1_}xTYMVpSaK)PVdXbb|T>(TA@G*`XP-`||i!L*z67gF9%T_3>&^bhHbVVX(3iWf1@;N4utl<Vx2Hc~F"
         "RwE)PQUzZQ5Yc308W{ixi5I2!7h4OkaMGxgDq;qvN|qy2u`n$z9yMu9$ctx2IE%eR`&nL+$(NrL5GXF1xEvtrgmpsHx0Zu{@pmLs"
         "g$V$@8FHW")
def train_logistic(X, y, lr, epochs, w0=None, b0=0.0):
    """Train one neuron by gradient descent, with all samples in each step.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Labels, 0 or 1.
    lr : float
        The learning rate.
    epochs : int
        How many steps to take; 0 is allowed.
    w0 : ndarray of shape (n_features,) or None
        Weights to start from; None means zeros. Not changed.
    b0 : float
        Bias to start from.

    Returns
    -------
    dict with the keys
        "w" : ndarray of shape (n_features,), the weights after training
        "b" : float, the bias after training
        "loss" : ndarray of shape (epochs + 1,), the loss before training and after each epoch
        "acc" : float, the share of right votes after training (the vote is 1 where p >= 0.5)

    Example: the two clean centre lines, lr = 1, epochs = 1 gives loss = [0.6931, 0.4741] and acc = 1.
    """
