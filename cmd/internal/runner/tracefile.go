package runner

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// TraceName is the recorded run: one JSON object a line, compressed with zstd. A file that ends in the
// middle of a frame belongs to a run that was killed.
//
// The first line is {"trace":1,"scenario":…,"seed":…,"nodes":[names by id],"faults":[ids by index]}. Each
// further line is one trace.Record, in order, with "t", its virtual time in ns, and "k", its kind. What follows from one
// event is told by lines beside each other: a message that is delivered begins such a step, and so does a line with "e":1, that
// comes of a timer, of a fault or of the workload.
//
//	sent, delivered, dropped   "n" node, "p" its peer, "m" kind of message, "q" seq, "b" bytes on the wire
//	    sent                   "due" arrival ns (streams: 0), "x":1 an extra copy, and the contents: "role" of
//	                           the sender, "g" group, "inst" its process, "inc", "for" target, "you" state of
//	                           the asker (ACK), "rtt" ms, "dig" digest, "need" incarnation of the target, "ms"
//	                           budget, "give" timeout ns, "f" flags, "up" updates [type, subject, incarnation,
//	                           accuser], "hl" health entries [load, subject, version, accepting, capacity,
//	                           throughput, expected], "wk" worker entries [state, worker, incarnation, owner,
//	                           cores, available, owner's process], "c" coordinate [height, error, error ms, adjustment, samples,
//	                           vector …], "body" every field of the body by its name
//	    delivered              "s" when it was sent, ns
//	    dropped                "why"
//	start, crash, leave, stop, pause, resume, slow, clock
//	                           "n", "inst" number of the process, "inc", "x" the factor, "fault"
//	fault_start, fault_end     "fault" index
//	checkpoint, end            nothing more
//	fact                       "n", "l" its local time, "fact" kind, "s" subject, "o" other, "from", "to",
//	                           "cause", "cb" callback, "role", "inc", "X", and its numbers by name
//	job_submitted, job_withdrawn
//	                           "n" client, "j" job, "w" index of the workload, "nth" of its jobs
//	job_fact                   "n", "l" its local time, "fact" kind, "from", "to", "code", "try" attempt, "sh" shard,
//	                           "ep" epoch, "o" other node, "j" job, "wf" workflow, "tok" token, "A", "B"
//	work, shard_ended, shard_lost
//	                           "n" worker, "o" order, "j", "wf", "try", "sh", "tok", "cores", "vus", "pay" payload,
//	                           "size" of it, and "end", "code" of one that ended
//
// Nodes are ids, jobs and workflows 16 hex digits. What is zero, none or nobody is left out.
const TraceName = "trace.jsonl.zst"

// traceSink writes every record of a run. Its first error stays and ends the run.
type traceSink struct {
	file    io.WriteCloser
	zip     *zstd.Encoder
	buf     *bufio.Writer
	line    []byte
	records uint64
	step    uint64 // of the line before
	err     error
	walk    core.Walker
	body    bodyJSON
}

func createTrace(path string, sc *scenarios.Scenario) (*traceSink, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return newTrace(f, sc)
}

func newTrace(f io.WriteCloser, sc *scenarios.Scenario) (*traceSink, error) {
	// One goroutine compresses while the run goes on: a number of our own, so that the bytes do not depend
	// on GOMAXPROCS.
	zip, err := zstd.NewWriter(f, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	s := &traceSink{file: f, zip: zip, buf: bufio.NewWriterSize(zip, 1<<16)}
	b := append(s.line, `{"trace":1,"scenario":`...)
	b = strconv.AppendQuote(b, sc.Name) // names are kebab-case, node names too: Go's quoting is JSON's
	b = append(b, `,"seed":`...)
	b = strconv.AppendUint(b, sc.Seed, 10)
	b = append(b, `,"nodes":[`...)
	for i := range sc.Nodes {
		b = strconv.AppendQuote(comma(b, i), sc.Nodes[i].Name)
	}
	b = append(b, `],"faults":[`...)
	for i := range sc.Faults {
		b = strconv.AppendQuote(comma(b, i), sc.Faults[i].ID)
	}
	s.line = append(b, "]}\n"...)
	s.write()
	return s, s.err
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// Record implements trace.Sink.
func (s *traceSink) Record(r *trace.Record) {
	if s.err != nil {
		return
	}
	b := append(s.line[:0], `{"t":`...)
	b = strconv.AppendInt(b, int64(r.At), 10)
	b = word(b, "k", r.Kind.String())
	b = s.begins(b, r.Step, r.Kind == trace.KindDelivered)
	switch r.Kind {
	case trace.KindSent, trace.KindDelivered, trace.KindDropped:
		b = s.appendMessage(b, r)
	case trace.KindFact:
		b = appendFact(b, r)
	case trace.KindFaultStart, trace.KindFaultEnd:
		b = integer(b, "fault", int64(r.Fault))
	case trace.KindCheckpoint, trace.KindEnd, trace.KindNone:
	default:
		b = appendLife(b, r)
	}
	s.line = append(b, "}\n"...)
	s.records++
	s.write()
}

// RecordJob implements trace.JobSink.
func (s *traceSink) RecordJob(r *trace.JobRecord) {
	if s.err != nil {
		return
	}
	b := append(s.line[:0], `{"t":`...)
	b = strconv.AppendInt(b, int64(r.At), 10)
	b = word(b, "k", r.Kind.String())
	b = s.begins(b, r.Step, false)
	b = integer(b, "n", int64(r.Node))
	switch r.Kind {
	case trace.JobSubmitted, trace.JobWithdrawn:
		b = digits(b, "j", r.Fact.Job)
		b = integer(b, "w", int64(r.Workload))
		b = integer(b, "nth", int64(r.Nth))
	case trace.JobFact:
		b = appendJobFact(b, r)
	case trace.JobWork, trace.JobEnded, trace.JobLost:
		b = appendWork(b, r)
	case trace.JobNone:
	}
	s.line = append(b, "}\n"...)
	s.records++
	s.write()
}

// begins marks the first line of a step, unless its kind says so.
func (s *traceSink) begins(b []byte, step uint64, said bool) []byte {
	before := s.step
	s.step = step
	if step == before || said {
		return b
	}
	return integer(b, "e", 1)
}

func appendJobFact(b []byte, r *trace.JobRecord) []byte {
	f := &r.Fact
	if r.Local != r.At {
		b = integer(b, "l", int64(r.Local))
	}
	b = word(b, "fact", f.Kind.String())
	b = optional(b, "from", int64(f.From))
	b = optional(b, "to", int64(f.To))
	b = optional(b, "code", int64(f.Code))
	b = optional(b, "try", int64(f.Attempt))
	b = optional(b, "sh", int64(f.Shard))
	b = optional(b, "ep", int64(f.Epoch))
	b = node(b, "o", f.Node)
	b = digits(b, "j", f.Job)
	b = digits(b, "wf", f.Workflow)
	b = optional(b, "tok", int64(f.Token))
	b = optional(b, "A", f.A)
	return optional(b, "B", f.B)
}

func appendWork(b []byte, r *trace.JobRecord) []byte {
	x := &r.Work
	if r.Kind == trace.JobWork {
		b = word(b, "o", x.Kind.String())
	}
	b = digits(b, "j", x.Job)
	b = digits(b, "wf", x.Workflow)
	b = integer(b, "try", int64(x.Attempt))
	b = integer(b, "sh", int64(x.Shard))
	b = integer(b, "tok", int64(x.Token))
	b = integer(b, "cores", int64(x.Cores))
	b = optional(b, "vus", int64(x.VUs))
	if x.Payload != (core.Blob{}) {
		b = digits(b, "pay", x.Payload.ID)
		b = optional(b, "size", int64(x.Payload.Size))
	}
	if r.Kind == trace.JobEnded {
		b = integer(b, "end", int64(r.Ended))
		b = optional(b, "code", int64(r.Code))
	}
	return b
}

// digits appends x as 16 digits, unless it is 0.
func digits(b []byte, name string, x uint64) []byte {
	if x == 0 {
		return b
	}
	b = append(key(b, name), '"')
	for shift := 60; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[x>>shift&15])
	}
	return append(b, '"')
}

func (s *traceSink) write() {
	if _, err := s.buf.Write(s.line); err != nil && s.err == nil {
		s.err = fmt.Errorf("write %s: %w", TraceName, err)
	}
}

// close ends the last frame.
func (s *traceSink) close() error {
	return errors.Join(s.err, s.buf.Flush(), s.zip.Close(), s.file.Close())
}

func (s *traceSink) appendMessage(b []byte, r *trace.Record) []byte {
	m := r.Msg
	b = integer(b, "n", int64(r.Node))
	b = integer(b, "p", int64(r.Peer))
	b = word(b, "m", m.Kind.String())
	b = optional(b, "q", int64(m.Seq))
	b = integer(b, "b", int64(r.Size))
	switch r.Kind {
	case trace.KindDelivered:
		return integer(b, "s", int64(r.Due))
	case trace.KindDropped:
		return word(b, "why", r.Reason.String())
	default: // sent: the whole message
	}
	b = integer(b, "due", int64(r.Due))
	if r.Copy {
		return integer(b, "x", 1)
	}
	b = appendHeader(b, m)
	if len(m.Updates) > 0 {
		b = append(b, `,"up":[`...)
		for i := range m.Updates {
			u := &m.Updates[i]
			b = claim4(comma(b, i), u.Type.String(), u.Subject, u.Incarnation, u.From)
		}
		b = append(b, ']')
	}
	if m.Extra != nil {
		b = appendExtra(b, m)
	}
	if c := &m.Coord; c.Dims > 0 {
		b = append(b, `,"c":[`...)
		b = float(b, c.Height)
		b = float(append(b, ','), c.Error)
		b = float(append(b, ','), c.ErrorMS)
		b = float(append(b, ','), c.Adjustment)
		b = strconv.AppendUint(append(b, ','), uint64(c.Samples), 10)
		for i := range c.Dims {
			b = float(append(b, ','), c.Vec[i])
		}
		b = append(b, ']')
	}
	if m.Body != nil {
		s.body.b, s.body.more = append(b, `,"body":{`...), false
		s.walk.View(m.Body, &s.body)
		b = append(s.body.b, '}')
	}
	return b
}

// appendHeader appends what membership's datagrams say outside of their blocks.
func appendHeader(b []byte, m *core.Message) []byte {
	b = word(b, "role", m.Role.String())
	b = optional(b, "g", int64(m.Group))
	b = optional(b, "inst", int64(m.Instance))
	b = optional(b, "inc", int64(m.Incarnation))
	switch m.Kind {
	case core.KindPing, core.KindPingReq, core.KindIndAck, core.KindNack, core.KindStreamPing:
		b = integer(b, "for", int64(m.Target))
	default: // the rest is about nobody else
	}
	if m.Kind == core.KindAck {
		b = word(b, "you", m.State.String())
	}
	if m.RTTms != 0 {
		b = float(key(b, "rtt"), m.RTTms)
	}
	b = optional(b, "dig", int64(m.Digest))
	b = optional(b, "need", int64(m.Required))
	b = optional(b, "ms", int64(m.BudgetMS))
	b = optional(b, "give", int64(m.Timeout))
	return optional(b, "f", int64(m.Flags))
}

// appendExtra appends health and worker entries.
func appendExtra(b []byte, m *core.Message) []byte {
	x := m.Extra
	if len(x.Health) > 0 {
		b = append(b, `,"hl":[`...)
		for i := range x.Health {
			h := &x.Health[i]
			accepting := int64(0)
			if h.Accepting {
				accepting = 1
			}
			b = append(append(append(comma(b, i), `["`...), h.Load.String()...), '"')
			for _, v := range [...]int64{int64(h.Subject), int64(h.Version), accepting, int64(h.Capacity)} {
				b = strconv.AppendInt(append(b, ','), v, 10)
			}
			b = float(append(b, ','), h.Throughput)
			b = append(float(append(b, ','), h.Expected), ']')
		}
		b = append(b, ']')
	}
	if len(x.Workers) > 0 {
		b = append(b, `,"wk":[`...)
		for i := range x.Workers {
			e := &x.Workers[i]
			b = append(append(append(comma(b, i), `["`...), e.State.String()...), '"')
			for _, v := range [...]int64{int64(e.Worker), int64(e.Incarnation), int64(e.Owner), int64(e.Cores), int64(e.Available), int64(e.Instance)} {
				b = strconv.AppendInt(append(b, ','), v, 10)
			}
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return b
}

// claim4 appends [word, subject, incarnation] and, if there is one, the accuser.
func claim4(b []byte, what string, subject core.NodeID, inc uint32, accuser core.NodeID) []byte {
	b = append(append(append(b, `["`...), what...), `",`...)
	b = strconv.AppendUint(b, uint64(subject), 10)
	b = strconv.AppendUint(append(b, ','), uint64(inc), 10)
	if accuser != core.NoNode {
		b = strconv.AppendUint(append(b, ','), uint64(accuser), 10)
	}
	return append(b, ']')
}

func appendLife(b []byte, r *trace.Record) []byte {
	b = integer(b, "n", int64(r.Node))
	b = optional(b, "inst", int64(r.Inst))
	b = optional(b, "inc", int64(r.Inc))
	if r.X != 0 {
		b = strconv.AppendFloat(append(b, `,"x":`...), r.X, 'g', -1, 64)
	}
	if r.Fault >= 0 {
		b = integer(b, "fault", int64(r.Fault))
	}
	return b
}

func appendFact(b []byte, r *trace.Record) []byte {
	f := &r.Fact
	b = integer(b, "n", int64(r.Node))
	if r.Local != r.At {
		b = integer(b, "l", int64(r.Local))
	}
	b = word(b, "fact", f.Kind.String())
	b = node(b, "s", f.Subject)
	if f.Kind.Whom() != "" {
		b = node(b, "o", f.Other)
	}
	if f.From != core.StateNone || f.To != core.StateNone {
		b = word(b, "from", f.From.String())
		b = word(b, "to", f.To.String())
	}
	if f.Cause != core.CauseNone {
		b = word(b, "cause", f.Cause.String())
	}
	if f.Callback != core.CallbackNone {
		b = word(b, "cb", f.Callback.String())
	}
	switch f.Kind {
	case core.FactTransition, core.FactCallback, core.FactConfirmAttempt:
		b = word(b, "role", f.Role.String())
	default: // the rest has no role
	}
	b = optional(b, "inc", int64(f.Inc))
	f.EachField(func(name string, v int64) { b = optional(b, name, v) })
	if f.X != [5]float32{} {
		b = append(b, `,"X":[`...)
		for i, x := range f.X {
			b = float(comma(b, i), x)
		}
		b = append(b, ']')
	}
	return b
}

func key(b []byte, name string) []byte {
	return append(append(append(b, `,"`...), name...), `":`...)
}

func word(b []byte, name, w string) []byte {
	return append(append(append(key(b, name), '"'), w...), '"')
}

func integer(b []byte, name string, v int64) []byte { return strconv.AppendInt(key(b, name), v, 10) }

func optional(b []byte, name string, v int64) []byte {
	if v == 0 {
		return b
	}
	return integer(b, name, v)
}

func node(b []byte, name string, id core.NodeID) []byte {
	if id == core.NoNode {
		return b
	}
	return integer(b, name, int64(id))
}

// float appends x; JSON has no word for what is not finite.
func float(b []byte, x float32) []byte {
	if v := float64(x); math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, float64(x), 'g', -1, 32)
}
