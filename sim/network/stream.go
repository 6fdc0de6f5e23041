package network

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// StreamTry is one request on its way through a stream. The driver keeps it from the first call of
// StreamSend until the fate is final. The zero value is a request not yet sent.
type StreamTry struct {
	Handle uint32 // what StreamFate.Next calls it; the driver's to choose, before the first call

	ticket           uint32 // place in the order of its pair
	place            int32  // of the line that it joined
	epochFrom, epoch uint32 // lives of sender and receiver when it was first sent
	lost             uint8  // attempts lost in a row
	started          bool
	out              bool // it is in no line any more, though not final
	late             bool // its time is up before it would arrive, and the line has gone on without it
}

// StreamOutcome says what StreamFate.At is.
type StreamOutcome uint8

// Outcomes.
const (
	StreamArrives StreamOutcome = iota // final: it arrives at At
	StreamRetries                      // call StreamSend again at At, with the same StreamTry
	StreamWaits                        // likewise, but sooner if it is Next before: others are in front of it
	StreamFails                        // final: the sender learns at At that it failed, and why
)

// StreamFate is what becomes of a stream message, as far as it is known, and whose turn it is after it.
type StreamFate struct {
	At      core.Instant  // later than now, except for a request whose time is up or whose sender restarted
	Min     core.Duration // StreamArrives: the least that this could have taken from when it was first sent
	Outcome StreamOutcome
	Reason  trace.Reason // StreamFails: timeout, refused, reset, or partition where the receiver does not take it in

	// Turn reports that the request of handle Next waited and is first now: call StreamSend for it at NextAt, which
	// is now or later, or at its deadline if that is sooner.
	Turn   bool
	Next   uint32
	NextAt core.Instant
}

// StreamSend sends size bytes over the stream between two nodes, or goes on trying, and fills in the
// fate. At the deadline the request fails (core.Never: it never does). O(1) but for rare clean-ups; no
// allocation while the number of pairs in use does not grow.
//
//   - Opening takes a round trip, and so does the answer of a refusing cut or host. A node answers on
//     the stream that its peer opened once something has arrived on it.
//   - One attempt of a message draws one loss, whatever its size. A lost one is tried again after RTOMin,
//     the next after twice that, up to RTOMax. Cuts and corruption lose as chance does. Data on an open
//     stream needs the way there only, opening needs both ways.
//   - Messages of a directed pair arrive in the order in which they were first sent; those behind one
//     that is being retried wait for it. One whose time is up while it waits leaves the queue; one whose
//     time is up while it is tried closes the stream, and the next opens a new one; one that the receiver does not
//     take in, because of a cut of its class, holds nobody up. But where others wait behind
//     it, and the peer has answered, the stream stays: else a line that is always full of requests whose time is
//     nearly up would abort each opening, and never move again after an outage.
//   - Who waits is asked once, however often the first is tried: the call that ends the first's turn names the next.
//     Waiting costs the 16 bytes of a slot here, and the driver its StreamTry of 24 and what it keeps for the deadline.
//   - The sender's egress rate applies, its queue limit and the MTU do not: the kernel's socket buffer
//     holds back what does not fit.
//
// Calls of one sender at one instant are made in the order in which the requests were first sent.
func (n *Network) StreamSend(now core.Instant, from, to core.NodeID, size int, kind core.Kind, deadline core.Instant, st *StreamTry, out *StreamFate) {
	t := &n.streams
	p := packet{from: from, to: to, size: size, kind: kind}
	if !st.started {
		t.join(now, from, to, st)
	}
	h := t.slab[st.place]
	first := h.head
	switch {
	case st.epochFrom != t.epoch[from] || st.epoch != t.epoch[to]:
		h.drop(st)
		n.orphanTry(now, &p, deadline, st, out)
	case st.late:
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	case st.ticket != first && now >= deadline:
		h.drop(st)
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	case st.ticket != first:
		*out = StreamFate{At: deadline, Outcome: StreamWaits}
	case now >= deadline:
		if !h.open || now > h.ready || h.behind() == 0 {
			t.close(h)
		}
		h.drop(st)
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	default:
		n.try(now, &p, deadline, st, h, out)
	}
	if h.head != first {
		t.turn(now, h, st.place, out)
	}
}

// packet is what an attempt sends.
type packet struct {
	from, to core.NodeID
	size     int
	kind     core.Kind
}

// try makes one attempt for the first of the line.
func (n *Network) try(now core.Instant, p *packet, deadline core.Instant, st *StreamTry, h *half, out *StreamFate) {
	var outcome attempt
	var at core.Instant
	opening := !n.streams.isOpen(h, p, now)
	switch {
	case !opening && h.ready > now:
		*out = StreamFate{At: min(h.ready, deadline), Outcome: StreamRetries}
		return
	case opening:
		outcome, at = n.open(now, p)
	default:
		h.lastUse = max(h.lastUse, now)
		outcome, at, out.Min = n.transmit(now, p)
	}
	switch {
	case outcome == attemptLost:
		*out = StreamFate{At: min(now.Add(n.streams.backoff(st.lost)), deadline), Outcome: StreamRetries}
		st.lost = min(st.lost+1, 62)
	case opening && outcome == attemptOK:
		st.lost = 0
		h.open, h.ready, h.accepted, h.lastUse = true, at, core.Never, at
		*out = StreamFate{At: min(at, deadline), Outcome: StreamRetries}
	case outcome == attemptRefused && at <= deadline:
		n.streams.close(h)
		h.drop(st)
		*out = StreamFate{At: at, Outcome: StreamFails, Reason: trace.ReasonRefused}
	case outcome == attemptIgnored:
		h.lastUse, h.accepted = max(h.lastUse, at), min(h.accepted, at)
		h.drop(st)
		*out = StreamFate{At: deadline, Outcome: StreamFails, Reason: trace.ReasonPartition}
	case outcome == attemptOK && max(at, h.lastArrival) <= deadline:
		at = max(at, h.lastArrival)
		h.lastArrival, h.lastUse = at, max(h.lastUse, at)
		h.accepted = min(h.accepted, at)
		h.drop(st)
		*out = StreamFate{At: at, Min: out.Min, Outcome: StreamArrives}
	case outcome == attemptOK && h.behind() > 0: // it would come too late, and others would not
		st.late = true
		h.drop(st)
		*out = StreamFate{At: deadline, Outcome: StreamRetries}
	default: // it, or the refusal, would come too late: the line waits until the request fails
		*out = StreamFate{At: deadline, Outcome: StreamRetries}
	}
}

// orphanTry goes on with a request whose stream was reset by a crash or restart. The sender learns of
// the receiver's by the answer to the next retransmission that reaches the new process.
func (n *Network) orphanTry(now core.Instant, p *packet, deadline core.Instant, st *StreamTry, out *StreamFate) {
	if st.epochFrom != n.streams.epoch[p.from] {
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonReset}
		return
	}
	if now >= deadline {
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
		return
	}
	outcome, answer := n.open(now, p) // there and back, as a handshake
	switch {
	case outcome == attemptLost:
		*out = StreamFate{At: min(now.Add(n.streams.backoff(st.lost)), deadline), Outcome: StreamRetries}
		st.lost = min(st.lost+1, 62)
	case answer > deadline:
		*out = StreamFate{At: deadline, Outcome: StreamRetries}
	default:
		*out = StreamFate{At: answer, Outcome: StreamFails, Reason: trace.ReasonReset}
	}
}
