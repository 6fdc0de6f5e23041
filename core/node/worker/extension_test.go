package worker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// grants answers every request since the last look as managers do, each with a tracker of its own, and returns what it
// said; lose keeps answers back.
func (b *bench) grants(at map[core.NodeID]*jobtimeout.Tracker, lose bool) (said []string) {
	for _, m := range b.of(core.KindHealthcheckExtensionRequest) {
		if at[m.To] == nil {
			at[m.To] = new(jobtimeout.Tracker)
		}
		q := m.Body.(*jobtimeout.ExtensionRequest)
		g, evict := at[m.To].Ask(b.now, &q.Ask, jobtimeout.StandingGood, &b.ext)
		word := fmt.Sprintf("%.3f:%v", b.now.Sub(0).Seconds(), g.Extension.Seconds())
		if !g.Granted {
			word = fmt.Sprintf("%.3f:%v", b.now.Sub(0).Seconds(), g.Denial)
		}
		if evict {
			word += " evict"
		}
		said = append(said, word)
		if !lose {
			b.answer(&m, core.KindHealthcheckExtensionResponse, &jobtimeout.ExtensionResponse{Seq: q.Seq, Grant: g})
		}
	}
	return said
}

// 01-48 with §6.8: a worker asks 10 s before the deadline of its job as it knows it, that is with its own grants, as long as
// its work needs more; denied it asks again. What F3's three kinds of work come to.
func TestWhenAWorkerAsks(t *testing.T) {
	for _, x := range []struct {
		what  string
		work  effort
		until core.Instant
		want  string
	}{
		{"in time", effort{to: 299 * sec}, 299 * sec, ""},
		{"320 s of 300", effort{to: 320 * sec}, 320 * sec, "290.000:15 305.000:7.5"},
		{"400 s of 300", effort{to: 400 * sec}, 330 * sec, "290.000:15 305.000:7.5 312.500:3.75 316.250:1.875 318.125:1 319.125:exhausted 324.125:exhausted 329.125:exhausted evict"},
		{"stuck", effort{stuck: true}, 316 * sec, "290.000:15 305.000:no_progress 310.000:no_progress 315.000:no_progress evict"},
	} {
		b := on(t, 1)
		b.cfg.Orphan.Silence = time.Hour
		b.work[1] = x.work
		b.within(0, 9, 1, 1, 300*time.Second)
		var said []string
		at := map[core.NodeID]*jobtimeout.Tracker{}
		for step := sec / 8; b.now < x.until; {
			b.until(b.now + step)
			said = append(said, b.grants(at, false)...)
		}
		if have := strings.Join(said, " "); have != x.want {
			t.Errorf("%s:\nhave %s\nwant %s", x.what, have, x.want)
		}
		if s := b.w.shards.order[0]; s.limit != s.deadline.Add(b.cfg.Dispatch.LimitSlack) { // J23
			t.Errorf("%s: its limit is %v, its deadline %v", x.what, s.limit, s.deadline)
		}
	}
}

// A request whose answers are lost is repeated under its number, and counts once when one gets through: at the leader that
// was asked, and at the next one, which knows what that one granted (04-38).
func TestLostAnswers(t *testing.T) {
	b := on(t, 2)
	b.cfg.Orphan.Silence = time.Hour
	b.work[1] = effort{to: 400 * sec}
	b.within(0, 9, 1, 1, 300*time.Second)
	at := map[core.NodeID]*jobtimeout.Tracker{}
	seqs := map[uint32]int{}
	for b.now < 309*sec {
		b.until(b.now + sec/8)
		for _, m := range b.sent {
			if m.Kind == core.KindHealthcheckExtensionRequest {
				seqs[m.Body.(*jobtimeout.ExtensionRequest).Seq]++
			}
		}
		b.grants(at, true)
	}
	if len(seqs) != 1 || seqs[1] < 3 || at[0].N != 1 {
		t.Errorf("requests by number %v, %d grants", seqs, at[0].N)
	}
	b.lead(1, 9, 2)
	at[1] = at[0] // it came with the entry of the job
	for b.now < 330*sec && b.w.shards.order[0].deadline == 300*sec {
		b.until(b.now + sec/8)
		b.grants(at, false)
	}
	if s := b.w.shards.order[0]; s.deadline != 315*sec || at[1].N != 1 {
		t.Errorf("deadline %v after %d grants", s.deadline, at[1].N)
	}
}

// All managers that lead something here are asked, a grant is for what its manager leads, and heartbeats say the request as
// long as somebody who asked runs (J41).
func TestWhoIsAsked(t *testing.T) {
	b := on(t, 3)
	b.cfg.Orphan.Silence = time.Hour
	b.work[1] = effort{to: 320 * sec}
	b.within(0, 9, 1, 1, 300*time.Second)
	b.within(1, 8, 2, 1, 1000*time.Second)
	b.within(1, 7, 3, 1, 2000*time.Second)
	b.until(289 * sec)
	var beat core.Extra
	if b.w.Beat(b.now, 0, &beat); beat.Beat.Ask != (core.Ask{}) {
		t.Errorf("it asks already: %+v", beat.Beat.Ask)
	}
	b.until(291 * sec)
	var to []core.NodeID
	for _, m := range b.sent {
		if m.Kind == core.KindHealthcheckExtensionRequest {
			to = append(to, m.To)
		}
	}
	at := map[core.NodeID]*jobtimeout.Tracker{}
	b.grants(at, false)
	if fmt.Sprint(to) != "[0 1]" {
		t.Errorf("asked %v", to)
	}
	for i, want := range []core.Instant{315 * sec, 1015 * sec, 2015 * sec} {
		if s := b.w.shards.order[i]; s.deadline != want {
			t.Errorf("no. %d: deadline %v, want %v", i, s.deadline, want)
		}
	}
	if b.w.Beat(b.now, 0, &beat); beat.Beat.Ask.Seq != 1 || beat.Beat.Ask.Workflows != 1 || beat.Beat.Ask.Done != 2900 || beat.Beat.Ask.Total != 3200 {
		t.Errorf("heartbeats say %+v", beat.Beat.Ask)
	}
	b.until(306 * sec)
	b.grants(at, false)
	b.until(310 * sec)
	b.step(func() {
		b.w.Ended(b.now, job.Shard{Job: 9, Workflow: 1, Attempt: 1}, job.Ticket{DE: 1, N: 1}.Token(), job.EndedCompleted, job.ErrorNone, &b.fx)
	})
	if b.w.Beat(b.now, 0, &beat); beat.Beat.Ask != (core.Ask{}) || b.w.ext.asking != 0 {
		t.Errorf("it still asks: %+v, %d", beat.Beat.Ask, b.w.ext.asking)
	}
}
