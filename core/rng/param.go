package rng

import (
	"errors"
	"fmt"
	"math"
)

// param is a parameter of a distribution with the name and the sign its messages speak of.
type param struct {
	name  string
	value float64
	sign  sign
}

type sign uint8

const (
	anySign sign = iota
	zeroOrMore
	aboveZero
)

// check returns an error naming every parameter of the distribution that is not finite or breaks its sign.
func check(dist string, params ...param) error {
	var errs []error
	for _, p := range params {
		want := ""
		switch {
		case math.IsNaN(p.value) || math.IsInf(p.value, 0):
			want = "a finite number"
		case p.sign == zeroOrMore && p.value < 0:
			want = "0 or more"
		case p.sign == aboveZero && p.value <= 0:
			want = "above 0"
		default:
			continue
		}
		errs = append(errs, fmt.Errorf("%s: %s is %v, must be %s", dist, p.name, p.value, want))
	}
	return errors.Join(errs...)
}
