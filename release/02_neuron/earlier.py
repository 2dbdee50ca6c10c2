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
