package world

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
)

// Every event that has a name is a fact or a message of a run, and what tells one from others of its fact is of that stream.
func TestEveryOccasionIsTold(t *testing.T) {
	var known []string
	shared := map[string]int{}
	for _, o := range fault.Occasions() {
		known = append(known, o.Name)
		what := fmt.Sprint(o.Of, o.Message, o.Fact, o.JobFact)
		if shared[what]++; shared[what] > 1 && onlyJob[o.Name] == nil && onlyMember[o.Name] == nil {
			t.Errorf("nothing tells %s from another event", o.Name)
		}
		if onlyJob[o.Name] != nil && o.Of != fault.OnJobFact || onlyMember[o.Name] != nil && o.Of != fault.OnFact {
			t.Errorf("%s is told by a fact of another stream", o.Name)
		}
		if named, ok := fault.OccasionNamed(o.Name); !ok || named != o || o.Doc == "" {
			t.Errorf("%s is not found, or says nothing", o.Name)
		}
	}
	for name := range onlyJob {
		if !slices.Contains(known, name) {
			t.Errorf("there is no event %s", name)
		}
	}
	for name := range onlyMember {
		if !slices.Contains(known, name) {
			t.Errorf("there is no event %s", name)
		}
	}
}

// An orphan is noticed once; that it ends for it, or is led again, is no second one.
func TestAnOrphanIsOne(t *testing.T) {
	for to, want := range []bool{false, true, false} {
		f := core.JobFact{Kind: core.JobFactOrphan, To: uint8(to)}
		if have := onlyJob["orphaned"](&f); have != want {
			t.Errorf("orphan %d counts: %v", to, have)
		}
	}
}

// oneJob is a job of one workflow in a site of three managers, handed in at 20 s. Three may be without one of them.
const oneJob = `
[[workload]]
id = "one"
kind = "jobs"
from = "20s"
arrival = { process = "once", count = 1 }
job = { workflows = 1, cores = 4, duration = "10s" }
`

// onTape keeps everything that is said, in order, as "step seconds who what".
type onTape struct {
	lines []string
	steps []uint64
	hit   [][]core.NodeID
	w     *World
}

func (o *onTape) say(step uint64, at core.Instant, format string, args ...any) {
	o.lines = append(o.lines, fmt.Sprintf("%.9f ", at.Seconds())+fmt.Sprintf(format, args...))
	o.steps = append(o.steps, step)
}

func (o *onTape) Record(r *trace.Record) {
	switch r.Kind {
	case trace.KindFaultStart, trace.KindFaultEnd:
		o.say(r.Step, r.At, "%v", r.Kind)
	case trace.KindCrash, trace.KindPause, trace.KindStart:
		o.say(r.Step, r.At, "%v %d", r.Kind, r.Node)
	case trace.KindSent, trace.KindDelivered, trace.KindDropped:
		if r.Msg.Kind.Room() == core.RoomJobs {
			o.say(r.Step, r.At, "%v %d %v %d %v", r.Kind, r.Node, r.Msg.Kind, r.Peer, r.Reason)
		}
	default:
	}
}

func (o *onTape) RecordJob(r *trace.JobRecord) {
	if r.Kind == trace.JobFact {
		o.say(r.Step, r.At, "fact %d %v %d", r.Node, r.Fact.Kind, r.Fact.To)
	}
}

func (o *onTape) Hit(_ int, sides [][]core.NodeID) {
	for _, s := range sides {
		o.hit = append(o.hit, slices.Clone(s))
	}
}

// find returns the first line from a place on that holds what is sought, and says so if there is none.
func (o *onTape) find(t *testing.T, from int, what string) int {
	t.Helper()
	for i := max(from, 0); i < len(o.lines); i++ {
		if strings.Contains(o.lines[i], what) {
			return i
		}
	}
	t.Fatalf("no line says %q:\n%s", what, strings.Join(o.lines, "\n"))
	return -1
}

func runOn(t *testing.T, rest string, sets ...string) *onTape {
	t.Helper()
	o := &onTape{}
	w, err := Build(aSite(t, oneJob+rest, append(sets, "cluster.managers=3")...), Options{Sinks: []trace.Sink{o}, Witness: o})
	if err != nil {
		t.Fatal(err)
	}
	o.w = w
	w.Run(w.End())
	w.Finish()
	if err := w.Err(); err != nil {
		t.Fatal(err)
	}
	return o
}

const crashNode = "kind = \"crash\"\ntarget = { event = \"node\" }\n"

func onFault(on, what string) string { return "\n[[fault]]\nid = \"f\"\non = { " + on + " }\n" + what }

// A fault on a message sent begins when it has left: it arrives.
func TestAfterAMessageWasSent(t *testing.T) {
	o := runOn(t, onFault(`event = "sent:workflow_dispatch_ack"`, crashNode))
	sent := o.find(t, 0, "workflow_dispatch_ack")
	began := o.find(t, sent, "fault_start")
	if at, _, _ := strings.Cut(o.lines[sent], " "); !strings.HasPrefix(o.lines[began], at) {
		t.Errorf("sent at %s, begun by %q", at, o.lines[began])
	}
	var worker, manager int
	if _, err := fmt.Sscanf(strings.Fields(o.lines[sent])[2]+" "+strings.Fields(o.lines[sent])[4], "%d %d", &worker, &manager); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.hit[0], []core.NodeID{core.NodeID(worker)}) || !strings.HasSuffix(o.lines[began+1], fmt.Sprintf("crash %d", worker)) {
		t.Errorf("hit %v, then %q; the worker is %d", o.hit, o.lines[began+1], worker)
	}
	o.find(t, began, fmt.Sprintf("delivered %d workflow_dispatch_ack %d", manager, worker))
}

// A fault on a message received begins before it is read: it is lost with the process, and nothing comes of it.
func TestBeforeAMessageIsRead(t *testing.T) {
	o := runOn(t, onFault(`event = "received:workflow_dispatch"`, crashNode))
	began := o.find(t, 0, "fault_start")
	for _, l := range o.lines[:began] {
		if strings.Contains(l, "delivered") && strings.Contains(l, "workflow_dispatch ") || strings.Contains(l, "shard_state") {
			t.Errorf("before the fault: %s", l)
		}
	}
	lost := o.find(t, began, "dropped")
	if !strings.Contains(o.lines[lost], "workflow_dispatch ") || !strings.Contains(o.lines[lost], "down") {
		t.Errorf("then %q", o.lines[lost])
	}
	again := o.find(t, lost, "shard_state") // it runs at another
	if strings.Contains(o.lines[again], fmt.Sprintf("fact %d ", o.hit[0][0])) {
		t.Errorf("the dead one works: %s", o.lines[again])
	}
	o.find(t, again, "outcome")
}

// One that is frozen just before it reads a message reads it when it goes on, once.
func TestFrozenBeforeItReads(t *testing.T) {
	o := runOn(t, onFault(`event = "received:workflow_dispatch"`, "kind = \"pause\"\nfor = \"2s\"\ntarget = { event = \"node\" }\n"))
	began, ended := o.find(t, 0, "fault_start"), o.find(t, 0, "fault_end")
	read := o.find(t, began, fmt.Sprintf("delivered %d workflow_dispatch ", o.hit[0][0]))
	if read < ended {
		t.Errorf("it reads in its sleep:\n%s", strings.Join(o.lines[began:ended], "\n"))
	}
}

// inOrder keeps what one node was sent of a kind of message, and in which order it read it.
type inOrder struct{ sent, read []uint32 }

func (o *inOrder) Record(r *trace.Record) {
	switch {
	case r.Kind == trace.KindSent && r.Msg.Kind == core.KindWorkflowDispatch:
		o.sent = append(o.sent, r.Msg.Seq)
	case r.Kind == trace.KindDelivered && r.Msg.Kind == core.KindWorkflowDispatch:
		o.read = append(o.read, r.Msg.Seq)
	}
}

// What one that is frozen had in hand it reads before what waits behind it: a stream keeps its order.
func TestFrozenKeepsTheOrder(t *testing.T) {
	o := &inOrder{}
	w, err := Build(aSite(t, `
[node.worker]
service = "50ms"
[[workload]]
id = "some"
kind = "jobs"
from = "20s"
arrival = { process = "once", count = 1 }
job = { workflows = 4, cores = 1, duration = "10s" }
`+onFault(`event = "received:workflow_dispatch", nth = 2`, "kind = \"pause\"\nfor = \"2s\"\ntarget = { event = \"node\" }\n"),
		"cluster.managers=3", "cluster.workers=1"), Options{Sinks: []trace.Sink{o}})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(w.End())
	if len(o.sent) < 4 || !slices.Equal(o.sent, o.read) {
		t.Errorf("sent %v, read %v", o.sent, o.read)
	}
}

// A fault on what a process finds out begins before it tells anybody: what it was about to send is lost with it. Whom its
// peer is, the fault can hit as well.
func TestBeforeItIsTold(t *testing.T) {
	for _, c := range []struct{ event, fact, lost string }{
		{"job_accepted", "commit 1", "job_ack "},
		{"dispatch_intended", "placed", "workflow_dispatch "},
		{"shard_accepted", "shard_state 1", "workflow_dispatch_ack "},
		{"result_ready", fmt.Sprintf("shard_state %d", job.ShardCompleted), "workflow_final_result "},
		{"result_accepted", "result", "workflow_final_result_ack "},
	} {
		o := runOn(t, onFault(fmt.Sprintf("event = %q", c.event), crashNode))
		began := o.find(t, 0, "fault_start")
		who := o.hit[0][0]
		if !strings.Contains(strings.Join(o.lines[:began], "\n"), fmt.Sprintf("fact %d %s", who, c.fact)) {
			t.Errorf("%s: %d did not find it out before:\n%s", c.event, who, strings.Join(o.lines[max(0, began-5):began+1], "\n"))
		}
		step := o.steps[began]
		for i, l := range o.lines {
			if o.steps[i] == step && strings.Contains(l, "sent") {
				t.Errorf("%s: it is told: %s", c.event, l)
			}
		}
		if i := slices.IndexFunc(o.lines[:began], func(l string) bool {
			return strings.Contains(l, fmt.Sprintf("sent %d %s", who, c.lost))
		}); i >= 0 {
			t.Errorf("%s: %s", c.event, o.lines[i])
		}
		o.find(t, began, fmt.Sprintf("outcome %d", job.StateCompleted)) // it completes in spite of it
	}
}

// Where, nth and delay say which event it is and when it begins; what comes too early does not count, and neither does what
// is too late to be over before the settle time.
func TestWhichEventItIs(t *testing.T) {
	crash := "kind = \"pause\"\nfor = \"1s\"\ntarget = { event = \"peer\" }\n"
	began := func(o *onTape) string {
		if i := slices.IndexFunc(o.lines, func(l string) bool { return strings.HasSuffix(l, "fault_start") }); i >= 0 {
			at, _, _ := strings.Cut(o.lines[i], " ")
			return at
		}
		return ""
	}
	dispatched := func(o *onTape) string {
		at, _, _ := strings.Cut(o.lines[o.find(t, 0, "workflow_dispatch ")], " ")
		return at
	}
	plain := runOn(t, onFault(`event = "dispatch_sent"`, crash))
	if have, want := began(plain), dispatched(plain); have != want {
		t.Errorf("begins at %s, sent at %s", have, want)
	}
	later := runOn(t, onFault(`event = "dispatch_sent", delay = "3s"`, crash))
	if have, want := began(later), dispatched(later); len(have) < 5 || have[2:] != want[2:] && have[:2] == want[:2] {
		t.Errorf("three seconds after %s: %s", want, have)
	}
	for _, c := range []struct {
		on, more string
		begins   bool
	}{
		{`event = "dispatch_sent", nth = 2`, "", false}, // there is one
		{`event = "dispatch_sent", where = { node = { role = "manager" }, peer = { role = "worker" } }`, "", true},
		{`event = "dispatch_sent", where = { node = { role = "worker" } }`, "", false},
		{`event = "dispatch_sent", where = { peer = { role = "client" } }`, "", false},
		{`event = "dispatch_intended", where = { job = "one" }`, "", true},
		{`event = "dispatch_intended", where = { job = "none" }`, "\n[[workload]]\nid = \"none\"\nkind = \"jobs\"\nfrom = \"200s\"\narrival = { process = \"once\", count = 1 }\njob = { workflows = 1, cores = 1, duration = \"1s\" }\n", true},
		{`event = "dispatch_sent"`, "at = \"30s\"\n", false},
		{`event = "sent:worker_heartbeat", nth = 3`, "", true},
		{`event = "received:ping", nth = 100`, "", true},
		{`event = "leader_elected"`, "", true}, // at the start
		{`event = "suspected", where = { node = { role = "gate" } }`, "", false},
	} {
		what := crash
		if strings.Contains(c.on, "elected") {
			what = strings.Replace(crash, "peer", "node", 1)
		}
		text := onFault(c.on, what)
		if strings.HasPrefix(c.more, "at") {
			text = onFault(c.on, c.more+what)
		} else {
			text += c.more
		}
		sets := []string{}
		if strings.Contains(c.on, "gate") {
			sets = append(sets, "cluster.gates=1")
		}
		o := runOn(t, text, sets...)
		if have := began(o) != ""; have != c.begins {
			t.Errorf("%s: begins %v, want %v", c.on, have, c.begins)
		}
	}
}

// A fault that waits for what never comes changes nothing, and a run without such faults asks nothing.
func TestAnEventThatNeverComes(t *testing.T) {
	with, without := runOn(t, onFault(`event = "cancel_accepted"`, crashNode)), runOn(t, "")
	if with.w.Digest() != without.w.Digest() || without.w.on != nil {
		t.Error("it changes the run")
	}
	if again := runOn(t, onFault(`event = "dispatch_sent"`, crashNode)); again.w.Digest() != runOn(t, onFault(`event = "dispatch_sent"`, crashNode)).w.Digest() {
		t.Error("two runs of one seed differ")
	}
}

// A leader that is elected and frozen before it can say so, a cut around whoever is suspected: faults of other kinds, beside
// each other, and one that begins by what another does.
func TestFaultsFollowEachOther(t *testing.T) {
	o := runOn(t, onFault(`event = "dispatch_sent", where = { node = { role = "manager" } }`, "kind = \"crash\"\nfor = \"60s\"\ntarget = { event = \"node\" }\n")+`
[[fault]]
id = "second"
kind = "pause"
for = "20s"
on = { event = "stood_for_leader" }
target = { event = "node" }
[[fault]]
id = "third"
kind = "partition"
for = "15s"
on = { event = "leader_elected" }
a = { event = "node" }
b = { not = { event = "node" } }
[[fault]]
id = "fourth"
kind = "leave"
on = { event = "suspected", where = { node = { role = "manager" } } }
target = { role = "worker", count = 1 }
`)
	if n := strings.Count(strings.Join(o.lines, "\n"), "fault_start"); n != 4 {
		t.Errorf("%d faults began", n)
	}
	if left := o.w.leftovers(); len(left) > 0 {
		t.Errorf("there are still %q", left)
	}
	o.find(t, 0, fmt.Sprintf("outcome %d", job.StateCompleted))
}
