// Package xmath holds the elementary functions with the same bits on every CPU and build.
//
// In: float64 values. Out: Exp, Log, Log1p, Log2, Log10, Pow, Sin and Cos within one unit in
// the last place, special cases as in package math.
//
// Package math is no substitute: its Exp, Log and Pow change their bits with the CPU (assembly on one,
// plain Go on another) and its Sin with GOAMD64. Here every function is plain Go from IEEE 754
// additions, multiplications, divisions and integer work on bit patterns, each of which has one right
// answer. The compiler may fuse x*y+z into one rounding, so every product is wrapped in float64(...),
// which the language defines as a rounding (Go specification, "Floating-point operators").
// It never calls package math for more than bit patterns, NaN and infinities, and square roots.
//
// Methods: fdlibm (Sun Microsystems, 1993; argument reduction and polynomials of exp, log,
// log1p, sin and cos); Dekker, "A floating-point technique for extending the available precision"
// (1971), for the double-length arithmetic of Pow; Payne and Hanek (1983) for large angles.
package xmath
