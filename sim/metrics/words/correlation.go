package words

import (
	"fmt"

	"hypersim/core/routing"
)

// What gates make of datacenters beyond the way to them: classes, failures that come together.
const correlation family = 145

var _ = label("class_reason", Fixed, wordsOf[routing.ClassReason](routing.NumClassReasons)...)

// The metrics. The observer is the gate.
var (
	DCClass = correlation.metric(Def{
		Name: "dc_class", Unit: "s", Labels: with(ofNode, "dc", "from", "to", "class_reason"), Type: "class_reason", Moves: wordsOf[routing.Class](routing.NumClasses),
		Apart: []string{"to"}, Counted: true,
		Doc: "time at which a gate changed the class of datacenter `dc` (spec 30 §3.3); with since: from then on",
	})

	DCTrouble = correlation.metric(Def{
		Name: "dc_trouble", Unit: "s", Labels: with(ofNode, "dc", "from", "to"), Moves: wordsOf[routing.Trouble](routing.NumTroubles), Apart: []string{"to"}, Counted: true,
		Doc: "time at which the machine that correlates failures of datacenters moved at a gate (spec 30 §3.4): HEALTHY, FAILING, FAILED, RECOVERING, FLAPPING; with since: from then on",
	})

	CorrelationSeverity = correlation.metric(Def{
		Name: "correlation_severity", Unit: "s", Labels: with(ofNode, "from", "to"), Moves: wordsOf[routing.Severity](routing.NumSeverities), Apart: []string{"to"}, Counted: true,
		Doc: "time at which a gate changed its mind about how far failures of datacenters are one event: NONE, LOW, MEDIUM, HIGH; with since: from then on",
	})

	PartitionHealed = correlation.metric(Def{
		Name: "partition_healed", Unit: "s", Better: Lower, Labels: ofNode, Counted: true,
		Doc: "time at which a gate held the last of the datacenters that failed together for well again; with since: from then on",
	})

	PartitionDetected = correlation.metric(Def{
		Name: "partition_detected", Unit: "s", Better: Lower, Labels: ofNode, Counted: true,
		Doc: "time at which a gate began to take datacenters for cut off together; with since: from then on",
	})
)

// wordsOf lists what the values of a word are called.
func wordsOf[T interface {
	~uint8
	fmt.Stringer
}](n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = T(i).String()
	}
	return list
}
