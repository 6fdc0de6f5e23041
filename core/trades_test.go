package core_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hypersim/core/admission"
	"hypersim/core/election"
	"hypersim/core/federated"
	"hypersim/core/health"
	"hypersim/core/hier"
	"hypersim/core/jobtimeout"
	"hypersim/core/overload"
	"hypersim/core/pressure"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/routing"
	"hypersim/core/statbuf"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// trade is a clause that says what a value buys and what it costs: "shorter: crashes are noticed sooner, for more
// messages".
var trade = regexp.MustCompile(`[;:.] (longer|shorter|larger|smaller|more|fewer|higher|lower|true|false|0|1)\b[^;:]*: \S+ \S+`)

// A key says what it trades, not only what it is; one whose values are words says what each of them means.
func TestEveryKeySaysWhatItTrades(t *testing.T) {
	keys := 0
	for room, config := range map[string]any{
		"swim": swim.Config{}, "vivaldi": vivaldi.Config{}, "hier": hier.Config{}, "election": election.Config{}, "federated": federated.Config{},
		"replica": replica.Config{}, "health": health.Config{}, "routing": routing.Config{}, "jobtimeout": jobtimeout.Config{}, "overload": overload.Config{}, "admission": admission.Config{},
		"statbuf": statbuf.Config{}, "pressure": pressure.Config{}, "registry": registry.Config{},
	} {
		eachKey(reflect.TypeOf(config), "", func(key string, f reflect.StructField) {
			if strings.HasPrefix(key, "inherited.") {
				return // a switch that brings a defect back: what it costs is what its scenarios show
			}
			keys++
			doc := "; " + f.Tag.Get("doc")
			if enum := f.Tag.Get("enum"); enum != "" {
				for word := range strings.SplitSeq(enum, ",") {
					if !strings.Contains(doc, "; "+word+": ") {
						t.Errorf("%s: %s: what does %q buy, and what does it cost? %q", room, key, word, f.Tag.Get("doc"))
					}
				}
			} else if !trade.MatchString(doc) {
				t.Errorf("%s: %s: what does a larger or smaller value buy, and what does it cost? %q", room, key, f.Tag.Get("doc"))
			}
		})
	}
	if keys < 150 {
		t.Errorf("%d keys", keys)
	}
}
