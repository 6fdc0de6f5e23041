package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// exact is a configuration of timeouts without checks to wait for.
func exact() *jobtimeout.Config {
	c := jobtimeout.Default()
	c.Job.Mode = jobtimeout.ModeExact
	return &c
}

// patient is one under which work may be stuck for long.
func patient() *jobtimeout.Config {
	c := jobtimeout.Default()
	c.Job.Stuck = time.Hour
	return &c
}

// declared returns when a timeout was declared, by what was found, and how late.
func declared(w *World) (at core.Instant, k jobtimeout.Kind, late core.Duration, n int) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactTimeout && jobtimeout.Event(f.To) == jobtimeout.EventDeclared {
			at, k, late, n = f.At, jobtimeout.Kind(f.From), core.Duration(f.B), n+1
		}
	}
	return at, k, late, n
}

// outcome returns how a client learnt that its job ended, and when.
func outcome(w *World, id job.ID) (s job.State, c job.Completeness, at core.Instant) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactOutcome && job.ID(f.Job) == id {
			return job.State(f.To), job.Completeness(f.Code), f.At
		}
	}
	return job.StateNone, 0, 0
}

// A job that takes too long ends when its time is over, in a cluster of any size: what runs is stopped, what is there is
// delivered, nothing is left.
func TestJobTakesTooLong(t *testing.T) {
	for _, managers := range []int{1, 3} {
		w := world(t, Params{Managers: managers, Workers: 2, Cores: 4, Clients: 1, Seed: 1, Timeout: exact()})
		s := chain(w, 10*time.Second, 500*time.Second, time.Second)
		s.Timeout = time.Minute
		id := w.Submit(0, s)
		w.Run(100 * sec)
		at, kind, late, n := declared(w)
		if n != 1 || kind != jobtimeout.KindOverall || late != 1 || at < 60*sec || at > 60*sec+sec/20 {
			t.Errorf("%d managers: %d declared, %v at %v, %v late", managers, n, kind, at, late)
		}
		if s, c, told := outcome(w, id); s != job.StateTimeout || c != job.CompletePartial || told > at+sec/2 {
			t.Errorf("%d managers: told %v %v at %v", managers, s, c, told)
		}
		for _, x := range w.WorkersOf(0) {
			if n, _ := w.Running(x); n != 0 {
				t.Errorf("%d managers: %d shards run on", managers, n)
			}
		}
		if illegal, _ := w.Manager().Counters(); illegal != 0 {
			t.Errorf("%d managers: %d illegal", managers, illegal)
		}
	}
}

// One that does not get on ends two minutes after it last did, whatever time it has; one that waits for cores has it.
func TestJobIsStuck(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 1, Clients: 1, Seed: 1, Timeout: exact()})
	s := one(w, 1, Script{Stuck: true, Still: true})
	s.Timeout = 600 * time.Second
	first := w.Submit(0, s)
	s = one(w, 1, Script{Length: 10 * time.Second})
	second := w.Submit(0, s)
	w.Run(200 * sec)
	if at, kind, _, n := declared(w); n != 1 || kind != jobtimeout.KindStuck || at < 120*sec || at > 121*sec {
		t.Errorf("%d declared, %v at %v", n, kind, at)
	}
	if s, c, _ := outcome(w, first); s != job.StateTimeout || c != job.CompleteNone {
		t.Errorf("told %v %v", s, c)
	}
	if s, _, _ := outcome(w, second); s != job.StateCompleted {
		t.Errorf("the other one: %v", s)
	}
}

// The time of a job outlives its leader: the next one goes on where it was, and ends it when it would have ended. One that
// had been granted more keeps it, and the same request gets the same answer.
func TestTimeOutlivesTheLeader(t *testing.T) {
	for _, extended := range []bool{false, true} {
		w := world(t, Params{Managers: 3, Workers: 1, Cores: 4, Clients: 1, Seed: 1, Timeout: exact(), Detect: 6 * time.Second})
		s := chain(w, 500*time.Second)
		s.Timeout = time.Minute
		id := w.Submit(0, s)
		w.Run(20 * sec)
		worker, end := w.WorkersOf(0)[0], 60*sec
		if extended {
			if a := more(w, worker, 1, 0.1); !a.Granted {
				t.Fatalf("%+v", a)
			}
			end = 75 * sec
		}
		w.Run(30 * sec)
		w.Crash(0)
		if extended {
			w.Run(55 * sec)
			if a := moreOf(w, w.Leader(0), worker, 1, 0.9); !a.Granted || a.Extension != 15*time.Second {
				t.Errorf("again: %+v", a)
			}
		}
		w.Run(120 * sec)
		if at, _, late, n := declared(w); n != 1 || late != 1 || at < end-sec/10 || at > end+sec/10 {
			t.Errorf("extended %v: %d declared, at %v, %v late", extended, n, at, late)
		}
		if s, _, told := outcome(w, id); s != job.StateTimeout || told > end+sec {
			t.Errorf("extended %v: told %v at %v", extended, s, told)
		}
		if n, _ := w.Running(worker); n != 0 {
			t.Errorf("%d shards run on", n)
		}
	}
}

// more sends a request of a worker for more time, and returns what becomes of it.
func more(w *World, worker core.NodeID, seq uint32, progress float64) *jobtimeout.ExtensionResponse {
	return moreOf(w, w.ManagersOf(0)[0], worker, seq, progress)
}

func moreOf(w *World, manager, worker core.NodeID, seq uint32, progress float64) *jobtimeout.ExtensionResponse {
	out := new(jobtimeout.ExtensionResponse)
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			if b, ok := fx.Messages[i].Body.(*jobtimeout.ExtensionResponse); ok && b.Seq == seq {
				*out = jobtimeout.ExtensionResponse{Answer: b.Answer, Seq: b.Seq, Grant: b.Grant}
			}
		}
	}
	w.Send(core.Message{
		Kind: core.KindHealthcheckExtensionRequest, From: worker, To: manager, Instance: 1, Seq: 1000 + seq, Timeout: 5e9,
		Body: &jobtimeout.ExtensionRequest{Ask: core.Ask{Seq: seq, Progress: progress}},
	})
	w.Run(w.Now + sec/10)
	return out
}

// More time for a worker is more time for its jobs: 60 s become 75, and 82.5.
func TestJobIsExtended(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4, Clients: 1, Seed: 1, Timeout: exact()})
	s := chain(w, 500*time.Second)
	s.Timeout = time.Minute
	w.Submit(0, s)
	w.Run(50 * sec)
	if a := more(w, 1, 1, 0.1); !a.Granted || a.Extension != 15*time.Second {
		t.Errorf("first: %+v", a)
	}
	if a := more(w, 1, 1, 0.9); !a.Granted || a.Extension != 15*time.Second {
		t.Errorf("again: %+v", a)
	}
	w.Run(65 * sec)
	if a := more(w, 1, 2, 0.1); a.Granted || a.Denial != jobtimeout.DenialNoProgress {
		t.Errorf("without progress: %+v", a)
	}
	if a := more(w, 1, 3, 0.2); !a.Granted || a.Extension != 7500*time.Millisecond {
		t.Errorf("second: %+v", a)
	}
	w.Run(100 * sec)
	if at, _, late, n := declared(w); n != 1 || late != 1 || at < 82*sec+sec/2 || at > 82*sec+6*sec/10 {
		t.Errorf("%d declared, at %v, %v late", n, at, late)
	}
}

// A worker that asks again and again without getting on is evicted, and so is one that is late: its work goes elsewhere.
func TestWhoAsksInVainIsEvicted(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4, Clients: 1, Seed: 1})
	s := chain(w, 250*time.Second)
	w.Submit(0, s)
	w.Run(5 * sec)
	at := core.NodeID(1)
	if n, _ := w.Running(1); n == 0 {
		at = 2
	}
	more(w, at, 1, 0.1)
	for seq := uint32(2); seq <= 4; seq++ {
		more(w, at, seq, 0.1)
	}
	w.Run(20 * sec)
	if n, _ := w.Running(3 - at); n != 1 {
		t.Error("it was not evicted")
	}
	if a := more(w, 3-at, 1, 0.1); !a.Granted { // deadline: 45 s from now, 30 s of lateness: lost between 75 and 80 s from now
		t.Errorf("%+v", a)
	}
	if a := more(w, 3, 1, 0.1); a.Denial != jobtimeout.DenialUnknownWorker {
		t.Errorf("a stranger: %+v", a)
	}
	w.Run(94 * sec)
	if n, _ := w.Running(3 - at); n != 1 {
		t.Error("evicted too early")
	}
	w.Run(105 * sec)
	if n, _ := w.Running(at); n != 1 {
		t.Error("it was not evicted for being late")
	}
}
