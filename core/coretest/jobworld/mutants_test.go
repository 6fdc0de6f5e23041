package jobworld

import (
	"os"
	"strings"
	"testing"

	"hypersim/core/coretest/mutants"
)

// Roles, and what they stand on.
var sentences = []mutants.Mutant{
	{Sentence: "03-1: a takeover merges what the others have", File: "../../replica/claim.go", Text: "\te := c.best\n", Instead: "\te := c.best\n\tif r.known() {\n\t\te = r.aged(now)\n\t}\n"},
	{Sentence: "03-13: a decision is told when it is committed", File: "../../node/manager/result.go", Text: "m.then(now, x, after{kind: afterDecision}, fx)", Instead: "m.do(now, x, &after{kind: afterDecision}, fx)"},
	{Sentence: "§5.2: a lease is renewed by acks", File: "../../replica/lead.go", Text: "!l.accepting && now < l.until && r.seen()", Instead: "!l.accepting && r.seen()"},
	{Sentence: "§0: a stale fence is refused", File: "../../node/manager/result.go", Text: "s := f.find(b.Token)\n", Instead: "s := f.find(b.Token)\n\tif s == nil && int(b.Index) < len(f.shards) {\n\t\ts = &f.shards[b.Index]\n\t\ts.worker = b.Worker\n\t}\n"},
	{Sentence: "§0: a result is acknowledged when it is committed", File: "../../node/manager/result.go", Text: "m.answer(now, x, msg, core.KindWorkflowFinalResultAck, out, fx)", Instead: "m.calls.Respond(fx, msg, core.KindWorkflowFinalResultAck).Body = out"},
}

// With HYPERSIM_JOB_MUTANTS=1 300 worlds must notice each.
func TestMutants(t *testing.T) {
	mutants.Run(t, sentences, &mutants.Trial{
		On: os.Getenv("HYPERSIM_JOB_MUTANTS") != "", Limit: "300s", Tests: "^TestRandomClusters$",
		Env: append(os.Environ(), "HYPERSIM_JOB_WORLDS=300", "HYPERSIM_JOB_WORLDS_FROM=0", "HYPERSIM_JOB_MUTANTS="),
		Says: func(line string) bool {
			return strings.Contains(line, "random_test.go") || strings.Contains(line, "panic:")
		},
	})
}
