package metrics

import (
	"fmt"
	"slices"
	"testing"

	"hypersim/core"
	"hypersim/core/routing"
	"hypersim/sim/metrics/words"
)

// Changes of class, of the machine of failures and of the verdict are told at their time, by gate and datacenter.
func TestWhatGatesMakeOfDatacenters(t *testing.T) {
	y := twoSites(t)
	y.says(120, 0, core.JobFact{Kind: core.JobFactSiteClass, From: uint8(routing.Healthy), To: uint8(routing.Degraded), Code: uint8(routing.ReasonSuspected), A: 1})
	y.says(121, 0, core.JobFact{Kind: core.JobFactTrouble, From: uint8(routing.TroubleNone), To: uint8(routing.TroubleFailing), A: 1})
	y.says(126, 0, core.JobFact{Kind: core.JobFactCorrelation, From: uint8(routing.SeverityNone), To: uint8(routing.SeverityMedium), A: 3, B: 4})
	y.says(126, 0, core.JobFact{Kind: core.JobFactPartition, To: 1})
	y.says(190, 0, core.JobFact{Kind: core.JobFactPartition, From: 1})
	y.says(195, 0, core.JobFact{Kind: core.JobFactSign, Code: uint8(routing.SignExtension), To: 1, A: 4, B: 8})
	y.end(200)
	y.want(words.CorrelationSign, []float64{195}, "sign", "extension", "from", "gone", "to", "set")
	y.want(words.DCClass, []float64{120}, "dc", "b", "to", "DEGRADED", "class_reason", "suspected", "observer", "a/gate/0")
	y.want(words.DCClass, nil, "dc", "a")
	y.want(words.DCTrouble, []float64{121}, "dc", "b", "from", "HEALTHY", "to", "FAILING")
	y.want(words.CorrelationSeverity, []float64{126}, "to", "MEDIUM")
	y.want(words.PartitionDetected, []float64{126})
	y.want(words.PartitionHealed, []float64{190})
}

func TestCorrelationWordsAreThoseOfRouting(t *testing.T) {
	for _, x := range []struct {
		what       string
		have, want []string
	}{
		{"classes", words.DCClasses, all[routing.Class](routing.NumClasses)},
		{"reasons of classes", words.ClassReasons, all[routing.ClassReason](routing.NumClassReasons)},
		{"troubles", words.DCTroubles, all[routing.Trouble](routing.NumTroubles)},
		{"signs", words.Signs, all[routing.Sign](routing.NumSigns)},
		{"severities", words.Severities, all[routing.Severity](routing.NumSeverities)},
	} {
		if !slices.Equal(x.have, x.want) {
			t.Errorf("%s: the words have %q, routing has %q", x.what, x.have, x.want)
		}
	}
}

// all lists what the values of a word are called.
func all[T interface {
	~uint8
	fmt.Stringer
}](n int) (list []string) {
	for i := range n {
		list = append(list, T(i).String())
	}
	return list
}
