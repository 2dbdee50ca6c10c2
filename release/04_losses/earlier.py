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


@_sealed("03_activations/softmax",
         "LRx4!F+o`-Q&~1RqI>`Vrr&@~5Kw3LItl<>nt$)!;4lGNN&{5%3VN7NB59M<X@~&GG}92qhK7I)hJXM700~VIG@gm*Qxis~k^zkn"
         "G|2Ru4OA}dTX*!UR$A(@UbryKQJK7O?ZPxY6eT`$myN`$9Gku@Uevvk0--$cSpvb<qeqI{vX$kW8o#nfsWY-9N_3I%pjHS_z>HSz"
         "?mV4H{0&e`2C)$Uz-JZ7r!`Le8#cZCy&XX2MIyozzdtWBRPng$ws0mE#`D^6c@o$;ZTH5nZV~h1|3r_{=b<2SDAv%Ja*<L5SD4o`"
         "p%c?o@}al$S`~q`WE`Zw*kmSXd?EP=N?2EGUa=9n?l!An$44_PWL$DWW<-_iZwC>$)q$kRnVIB4F3ChRrci*qSgcJcXKtdV++r>s"
         "A!~e^u1}$=`56;*lY&(fP_k<8cA&Ja()^XUEd$*n5{Ffl`kSHxi-K=)cO+AV2?Jw_C%^")
def softmax(Z, axis=-1):
    """Turn scores into shares that sum to 1 along `axis`.

    Parameters
    ----------
    Z : ndarray of shape (..., C)
        Scores; may be as large as 1000 or as small as -1000, and each row may lie on another scale.
    axis : int
        Where the classes lie; -1 is the last axis.

    Returns
    -------
    ndarray of the shape of Z

    Example by hand: softmax of [0, 1, 2] is [0.090, 0.245, 0.665].
    """
