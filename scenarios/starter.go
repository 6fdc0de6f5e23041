package scenarios

import (
	"fmt"
	"strings"
)

// starterKeys are the lines of a scenario to begin with: a key without a value opens a table. The comments come
// from Explain, so that they say what the key means today.
var starterKeys = []struct{ key, value, remark string }{
	{"scenario", "", ""},
	{"scenario.name", "", ""}, // the caller's
	{"scenario.title", `"One worker of a LAN stops"`, ""},
	{"scenario.duration", `"180s"`, ""},
	{"scenario.warmup", `"30s"`, ""},
	{"scenario.settle", `"30s"`, ""},
	{"topology", "", ""},
	{"topology.use", `"lan1"`, "hypersim list names the others"},
	{"cluster", "", ""},
	{"cluster.gates", "2", ""},
	{"cluster.managers", "3", ""},
	{"cluster.workers", "20", ""},
	{"network.intra.loss", "", ""},
	{"network.intra.loss.p", "0.001", ""},
	{"protocol.suspicion", "", ""},
	{"protocol.suspicion.min", "", ""}, // its default
	{"fault", "", ""},
	{"fault.id", `"stop"`, ""},
	{"fault.kind", `"crash"`, ""},
	{"fault.at", `"60s"`, ""},
	{"fault.target", `{ role = "worker", count = 1 }`, ""},
	{"expect", "", ""},
	{"expect.id", `"noticed"`, ""},
	{"expect.metric", `"detection_first"`, ""},
	{"expect.where", `{ to = "DEAD" }`, ""},
	{"expect.stat", `"max"`, ""},
	{"expect.max", `"80s"`, ""},
	{"expect.level", `"should"`, ""},
	{"expect.why", `"write here how you come to the bound; a bound of level must has to have a reason"`, ""},
	{"expect", "", ""},
	{"expect.id", `"nobody-else"`, ""},
	{"expect.metric", `"false_positives"`, ""},
	{"expect.stat", `"count"`, ""},
	{"expect.equals", "0", ""},
	{"expect.level", `"should"`, ""},
}

// Starter returns the text of a small scenario of that name, with a comment for every key, that loads as it is.
func Starter(name string) string {
	var b strings.Builder
	b.WriteString("# Write the question here that this scenario answers: how soon is a worker that stops held DEAD?\n" +
		"#\n# hypersim check FILE says what a run would build, hypersim run FILE runs it, hypersim explain KEY says more\n" +
		"# about every key, metric and kind of fault.\nschema = 1\n")
	for _, k := range starterKeys {
		e := explained(k.key)
		last := k.key[strings.LastIndexByte(k.key, '.')+1:]
		value := k.value
		switch {
		case e.Kind == "table":
			open, end := "[", "]"
			if k.key == "fault" || k.key == "expect" {
				open, end = "[[", "]]"
			}
			fmt.Fprintf(&b, "\n%-40s # %s\n", open+k.key+end, e.Doc)
			continue
		case k.key == "scenario.name":
			value = fmt.Sprintf("%q", name)
		case value == "" && e.Default != "":
			value = e.Default
		}
		fmt.Fprintf(&b, "%-40s # %s\n", fmt.Sprintf("%-8s = %s", last, value), remarkOf(&e, k.remark, value == e.Default))
	}
	return b.String()
}

// explained is the key's explanation; a test asks for all of the starter.
func explained(key string) Explanation {
	for _, e := range Explain(key) {
		if e.Kind == "key" || e.Kind == "table" {
			return e
		}
	}
	panic("scenarios: the starter has a key that is none: " + key)
}

func remarkOf(e *Explanation, more string, usual bool) string {
	text, _, _ := strings.Cut(e.Doc, ";") // what it trades: explain KEY
	if e.Default != "" && !e.Required && !usual && !strings.Contains(text, "default") {
		text += " (default " + strings.Trim(e.Default, `"`) + ")"
	}
	if usual {
		text += "; this is the default"
	}
	if more != "" {
		text += "; " + more
	}
	return text
}
