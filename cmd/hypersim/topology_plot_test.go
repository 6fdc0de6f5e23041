package main

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The margin of a picture is as wide as its longest label, so that labels have a bound.
func TestShortLabel(t *testing.T) {
	for _, label := range []string{"", "eu-west-1", strings.Repeat("é", labelMax)} {
		if have := short(label); have != label {
			t.Errorf("%q became %q", label, have)
		}
	}
	if have := short(strings.Repeat("é", 3000)); utf8.RuneCountInString(have) != labelMax || !strings.HasSuffix(have, "…") {
		t.Errorf("%q", have)
	}
}
