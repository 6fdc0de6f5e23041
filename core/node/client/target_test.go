package client

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Spec 20 §8.2 step 4: the owner by the ring is asked first, then all in turn; after a silent one comes another.
func TestOwnerFirst(t *testing.T) {
	b := with(t, 3)
	owners := map[core.NodeID]int{}
	for range 60 {
		id := b.submit()
		m := b.of(core.KindJobSubmission)[0]
		if owner := b.c.ring.Owner(id); m.To != owner {
			t.Fatalf("%v goes to %d, its owner is %d", id, m.To, owner)
		}
		owners[m.To]++
	}
	if len(owners) != 3 {
		t.Errorf("owners %v", owners)
	}
	b = with(t, 3)
	b.submit()
	first := b.of(core.KindJobSubmission)[0].To
	b.until(12 * sec)
	if second := b.of(core.KindJobSubmission)[0].To; second == first {
		t.Errorf("%d is asked again", first)
	}
}

// D5.2: a redirect to a gate that has just been silent is not followed: the submission is sent to the same gate again, and
// says that it was sent on, so that it is taken there. Anything else waits for its next attempt.
func TestSilentGateIsNotAsked(t *testing.T) {
	b := with(t, 3)
	id := b.submit()
	owner := b.of(core.KindJobSubmission)[0].To
	b.until(12 * sec) // no answer
	m := b.of(core.KindJobSubmission)[0]
	b.answer(&m, core.KindJobAck, &job.Ack{Job: id, Answer: call.NotLeader(owner)})
	again := b.of(core.KindJobSubmission)
	if len(again) != 1 || again[0].To != m.To || again[0].Body.(*job.Submission).Redirects != 1 {
		t.Fatalf("%d submissions after a redirect to the silent owner", len(again))
	}
	b.answer(&again[0], core.KindJobAck, &job.Ack{Job: id, Accepted: true, GE: 1})
	if l, ge := b.c.Leader(id); l != m.To || ge != 1 {
		t.Errorf("led by %d under %d", l, ge)
	}
	b.until(71 * sec) // 60 s after it fell silent
	id = b.submit()
	m = b.of(core.KindJobSubmission)[0]
	b.answer(&m, core.KindJobAck, &job.Ack{Job: id, Answer: call.NotLeader(owner)})
	if list := b.of(core.KindJobSubmission); m.To != owner && (len(list) != 1 || list[0].To != owner) {
		t.Errorf("not asked %v later", 60*time.Second)
	}
}

// 04-12, 04-16: a submission that was tried, or unanswered, ends unknown; its cancel is owed until somebody acks it.
func TestTriedIsUnknown(t *testing.T) {
	for _, tried := range []bool{false, true} {
		b := with(t, 1)
		cancels := 0
		b.reply = func(m *core.Message) (core.Kind, core.Body) {
			switch m.Kind {
			case core.KindJobSubmission:
				return core.KindJobAck, &job.Ack{Answer: call.Answer{Code: call.CodeNoQuorum, Tried: tried}}
			case core.KindJobCancelRequest:
				if cancels++; cancels > 7 {
					return core.KindJobCancelResponse, cancelResponse(call.CodeOK)
				}
				return core.KindJobCancelResponse, cancelResponse(call.CodeNoQuorum)
			}
			return 0, nil
		}
		id := b.submit()
		b.until(100 * sec)
		want, n := job.LocalRejected, 0
		if tried {
			want, n = job.LocalUnknown, 8
		}
		if s := b.c.State(id); s != want || cancels != n {
			t.Errorf("tried %v: %v, %d cancels", tried, s, cancels)
		}
	}
}
