package jobtimeout

import (
	"os"
	"strings"
	"testing"

	"hypersim/core/coretest/mutants"
)

var sentences = []mutants.Mutant{
	{Sentence: "6.4 no. 3: a timeout report is repeated until it was answered", File: "manager_report.go", Text: "if t.kind != KindNone && !t.acked {", Instead: "if t.kind != KindNone && now < 0 {"},
	{Sentence: "6.5: a report under a lower epoch is refused", File: "gate_hear.go", Text: "case s.de < p.de:", Instead: "case s.de < p.de && s.de > p.de:"},
	{Sentence: "6.7: the time of a job is not reset at a transfer", File: "manager_resume.go", Text: "t.started = now.Add(-(s.Elapsed + age))", Instead: "t.started = now"},
	{Sentence: "6.7: a snapshot is as old as it is", File: "manager_resume.go", Text: "t.started = now.Add(-(s.Elapsed + age))", Instead: "t.started = now.Add(-s.Elapsed)"},
	{Sentence: "6.7: the time of a job is not reset at another gate", File: "gate_track.go", Text: "submitted: now.Add(-s.Elapsed)", Instead: "submitted: now"},
	{Sentence: "6.5: the maximum over datacenters counts, not the sum", File: "gate_rules.go", Text: "e = max(e, t.sites[i].total)", Instead: "e += t.sites[i].total"},
	{Sentence: "6.4 J34: the worker with the most counts, not the sum over workers", File: "manager_track.go", Text: "t.most = max(t.most, w.total)", Instead: "t.most += g.By"},
	{Sentence: "6.4: O is strict", File: "manager_rules.go", Text: "case now > o:", Instead: "case now >= o:"},
	{Sentence: "6.4 J35: a job that waits for cores is not stuck", File: "manager_rules.go", Text: "case (runs || m.cfg.Waiting == WaitingIsStuck) && now > s:", Instead: "case now > s:"},
	{Sentence: "6.4: an extension has its own clock", File: "manager_rules.go", Text: "\tif t.granted {\n", Instead: "\tif t.granted && t.pos < -9 {\n"},
	{Sentence: "6.4 J36: detection is taken back when the job gets on", File: "manager_track.go", Text: "if t.kind == KindStuck {\n\t\tm.withdraw", Instead: "if t.kind == KindStuck && now < 0 {\n\t\tm.withdraw"},
	{Sentence: "6.4: a gate that answers keeps the say", File: "manager_rules.go", Text: "max(t.localAt, t.contact).Add", Instead: "t.localAt.Add"},
	{Sentence: "6.4: the fallback is strict", File: "manager_rules.go", Text: "now > t.fallbackAt(m.cfg):", Instead: "now >= t.fallbackAt(m.cfg):"},
	{Sentence: "6.5: R1 is strict", File: "gate_rules.go", Text: "case now > r1:", Instead: "case now >= r1:"},
	{Sentence: "01-22: a silent datacenter holds R2 back", File: "gate_rules.go", Text: "p.extended > 0 || p.silent || now >= p.heard.Add(g.cfg.Silent):", Instead: "p.extended > 0:"},
	{Sentence: "6.5: R2 asks for extensions", File: "gate_rules.go", Text: "case p.extended > 0 || p.silent", Instead: "case p.silent"},
	{Sentence: "6.5: R3 asks for extensions", File: "gate_rules.go", Text: "if p.timedOut && p.extended == 0 {", Instead: "if p.timedOut {"},
	{Sentence: "6.5: the majority is of the targets", File: "gate_rules.go", Text: "2*n > len(t.sites)", Instead: "2*n > live"},
	{Sentence: "01-23: the first word after a silence is progress", File: "gate_hear.go", Text: "\t\tp.progress = now\n\t\tg.timeoutFact", Instead: "\t\tg.timeoutFact"},
	{Sentence: "6.5: only recent progress is progress", File: "gate_hear.go", Text: "if b.Recent {", Instead: "if b.Seq > 0 {"},
	{Sentence: "6.5: reports count in their order", File: "gate_hear.go", Text: "if b.Seq > p.seq && p.live() && !t.stopped {\n\t\tp.seq = b.Seq\n\t\tif b.Recent", Instead: "if p.live() && !t.stopped {\n\t\tp.seq = b.Seq\n\t\tif b.Recent"},
	{Sentence: "6.5: a new leader takes LOCAL_TIMEOUT back", File: "gate_hear.go", Text: "p.progress, p.timedOut = now, false", Instead: "p.progress = now"},
	{Sentence: "J7: whoever reports about a job that is over is told so", File: "gate_hear.go", Text: "r.Answer.Code, r.State = call.CodeAlreadyTerminal, job.StateTimeout", Instead: "r.Answer.Code = call.CodeOK"},
	{Sentence: "03-13: nobody is told before the commit", File: "gate_hear.go", Text: "r.Later = true", Instead: "r.Answer.Code, r.State = call.CodeAlreadyTerminal, job.StateTimeout"},
	{Sentence: "2.4: a command is repeated until it was answered", File: "gate_command.go", Text: "p.next = now.Add(wait)", Instead: "p.next = core.Never"},
	{Sentence: "6.5: a command that is stale goes again at once", File: "gate_command.go", Text: "p.de = max(p.de, a.DE)\n\t\tg.hop", Instead: "p.de = max(p.de, a.DE)\n\t\tp.to = from\n\t\tif now > 0 {\n\t\t\treturn\n\t\t}\n\t\tg.hop"},
	{Sentence: "6.5: without an answer another manager is asked", File: "gate_command.go", Text: "case a == nil:\n\t\tp.to = g.after(p, from)", Instead: "case a == nil:"},
	{Sentence: "6.5: a transfer after the end is answered by the command, too", File: "gate_hear.go", Text: "case t.stopped && !p.settled:\n\t\tg.command", Instead: "case t.stopped && !p.settled && p.silent:\n\t\tg.command"},
	{Sentence: "04-40: a lost datacenter has a timer of its own", File: "gate_rules.go", Text: "p.losing = true", Instead: "p.losing = now < 0"},
	{Sentence: "6.6: commands are fenced by the epoch of the gate", File: "command.go", Text: "case b.GE < h.GE:", Instead: "case b.GE < h.GE && h.GE == 0:"},
	{Sentence: "6.6: and by that of the datacenter", File: "command.go", Text: "case b.DE != 0 && b.DE < h.DE:", Instead: "case b.DE != 0 && b.DE < h.DE && h.Pending:"},
	{Sentence: "J8: a decision that is taken is not taken back", File: "manager_track.go", Text: "\tif t.deciding {\n\t\treturn // the decision stands (J8)\n\t}\n", Instead: ""},
	{Sentence: "04-38: what the gate before knew of extensions counts", File: "gate_rules.go", Text: "e := t.granted", Instead: "e := core.Duration(0)"},
	{Sentence: "04-49: R3 counts the targets that there are now", File: "gate_track.go", Text: "\t\tp.state = s.State\n\t}\n\tg.counted(t, p)", Instead: "\t\tp.state = s.State\n\t}"},
}

// With HYPERSIM_TIMEOUT_MUTANTS=1 a script, a model or a table must notice each.
func TestMutants(t *testing.T) {
	mutants.Run(t, sentences, &mutants.Trial{
		On: os.Getenv("HYPERSIM_TIMEOUT_MUTANTS") != "", Limit: "60s",
		Tests: "^(TestScripts|TestManagerAgainstTheRules|TestGateAgainstTheRules|TestGlobalTimeoutRows|TestResume|TestRepeatsChangeNothing|TestExtensionsOutliveTheirGate|TestMajorityOfTheTargetsThatThereAre)$",
		Says:  func(line string) bool { return strings.Contains(line, "--- FAIL: ") },
	})
}
