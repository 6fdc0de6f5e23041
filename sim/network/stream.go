package network

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// StreamTry is one request on its way through a stream. The driver keeps it from the first call of
// StreamSend until the fate is final. The zero value is a request not yet sent.
type StreamTry struct {
	ticket           uint32 // place in the order of its pair
	epochFrom, epoch uint32 // lives of sender and receiver when it was first sent
	lost             uint8  // attempts lost in a row
	started          bool
	late             bool // its time is up before it would arrive, and the line has gone on without it
}

// StreamOutcome says what StreamFate.At is.
type StreamOutcome uint8

// Outcomes.
const (
	StreamArrives StreamOutcome = iota // final: it arrives at At
	StreamRetries                      // call StreamSend again at At, with the same StreamTry
	StreamFails                        // final: the sender learns at At that it failed, and why
)

// StreamFate is what becomes of a stream message, as far as it is known.
type StreamFate struct {
	At      core.Instant  // later than now, except for a request whose time is up or whose sender restarted
	Min     core.Duration // StreamArrives: the least that this could have taken from when it was first sent
	Outcome StreamOutcome
	Reason  trace.Reason // StreamFails: timeout, refused or reset
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
//     time is up while it is tried closes the stream, and the next opens a new one. But where others wait behind
//     it, and the peer has answered, the stream stays: else a line that is always full of requests whose time is
//     nearly up would abort each opening, and never move again after an outage.
//   - The sender's egress rate applies, its queue limit and the MTU do not: the kernel's socket buffer
//     holds back what does not fit.
//
// Calls of one sender at one instant are made in the order of its events.
func (n *Network) StreamSend(now core.Instant, from, to core.NodeID, size int, kind core.Kind, deadline core.Instant, st *StreamTry, out *StreamFate) {
	t := &n.streams
	p := packet{from: from, to: to, size: size, kind: kind}
	if st.started && (st.epochFrom != t.epoch[from] || st.epoch != t.epoch[to]) {
		n.orphanTry(now, &p, deadline, st, out)
		return
	}
	h := t.half(from, to, now)
	if !st.started {
		*st = StreamTry{started: true, ticket: h.next, epochFrom: t.epoch[from], epoch: t.epoch[to]}
		h.next++
		h.due = append(h.due, now)
	}
	switch {
	case st.late:
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	case st.ticket != h.head && now >= deadline:
		h.leave(st.ticket)
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	case st.ticket != h.head: // the first may not have left yet: what is sent while a host serves leaves at the end
		*out = StreamFate{At: min(max(h.due[0], now+1), deadline), Outcome: StreamRetries}
	case now >= deadline:
		if !h.open || now > h.ready || h.behind() == 0 {
			n.streams.close(h)
		}
		h.advance()
		*out = StreamFate{At: now, Outcome: StreamFails, Reason: trace.ReasonTimeout}
	default:
		n.try(now, &p, deadline, st, h, out)
	}
	h.tried(st, out)
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
		h.advance()
		*out = StreamFate{At: at, Outcome: StreamFails, Reason: trace.ReasonRefused}
	case outcome == attemptOK && max(at, h.lastArrival) <= deadline:
		at = max(at, h.lastArrival)
		h.lastArrival, h.lastUse = at, max(h.lastUse, at)
		h.accepted = min(h.accepted, at)
		h.advance()
		*out = StreamFate{At: at, Min: out.Min, Outcome: StreamArrives}
	case outcome == attemptOK && h.behind() > 0: // it would come too late, and others would not
		st.late = true
		h.advance()
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
