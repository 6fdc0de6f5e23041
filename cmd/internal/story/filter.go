package story

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/sim/trace"
)

// Ask says which lines somebody wants. What is empty asks for all.
type Ask struct {
	Nodes    []string      // names, or patterns with * and ?: who says, sends, gets, or is spoken of
	Kinds    []string      // sent, delivered, dropped, fact, job_fact, crash, …
	Messages []string      // ping, workflow_dispatch, …
	Facts    []string      // transition, job_state, …
	Job      string        // 16 digits; Job finds them by their end
	From, To time.Duration // To 0: to the end
}

// Filter is an Ask made ready for the nodes of a recording.
type Filter struct {
	nodes                  []bool
	kinds, messages, facts map[string]bool
	job                    []byte          // 16 digits
	decimal                []byte          // the same job as bodies write it: `"job":123`
	about                  map[packet]bool // messages about the job that are on their way: only their being sent shows what they say
	from, to               int64
}

// Filter makes a ready for a recording. All that is wrong with it is said at once.
func (h *Header) Filter(a *Ask) (*Filter, error) {
	f := &Filter{kinds: set(a.Kinds), messages: set(a.Messages), facts: set(a.Facts), from: int64(a.From), to: math.MaxInt64}
	if a.To > 0 {
		f.to = int64(a.To)
	}
	problems := unknown(a)
	if f.from > f.to {
		problems = append(problems, fmt.Errorf("--from %v is after --to %v", a.From, a.To))
	}
	if a.Job != "" {
		v, err := strconv.ParseUint(a.Job, 16, 64)
		if err != nil || len(a.Job) != 16 {
			problems = append(problems, fmt.Errorf("--job %s: an id has 16 digits of 0-9 and a-f", a.Job))
		}
		f.job, f.decimal, f.about = []byte(a.Job), fmt.Appendf(nil, `"job":%d`, v), map[packet]bool{}
	}
	for _, pattern := range a.Nodes {
		problems = append(problems, f.node(h, pattern))
	}
	return f, errors.Join(problems...)
}

// unknown says which words no recording has: what they ask for would be found nowhere, whatever the run did.
func unknown(a *Ask) (problems []error) {
	var kinds, messages, facts []string
	for k := trace.Kind(1); k < trace.NumKinds; k++ {
		kinds = append(kinds, k.String())
	}
	for k := trace.JobKind(1); k < trace.NumJobKinds; k++ {
		kinds = append(kinds, k.String())
	}
	for k := core.Kind(1); k < core.NumKinds; k++ {
		messages = append(messages, k.String())
	}
	for k := core.FactKind(1); k < core.NumFactKinds; k++ {
		facts = append(facts, k.String())
	}
	for k := core.JobFactKind(1); k < core.NumJobFactKinds; k++ {
		facts = append(facts, k.String())
	}
	for _, x := range []struct {
		flag       string
		said, have []string
	}{{"kind", a.Kinds, kinds}, {"message", a.Messages, messages}, {"fact", a.Facts, facts}} {
		for _, word := range x.said {
			switch near := form.DidYouMean(word, x.have); {
			case slices.Contains(x.have, word):
			case slices.Contains(messages, word) || slices.Contains(facts, word):
				problems = append(problems, fmt.Errorf("--%s %s: that is a message or fact: --message or --fact", x.flag, word))
			case near == "":
				near = " (has " + strings.Join(x.have[:min(8, len(x.have))], ", ") + " …)"
				fallthrough
			default:
				problems = append(problems, fmt.Errorf("--%s %s: there is none of that name%s", x.flag, word, near))
			}
		}
	}
	return problems
}

// node marks the nodes that a pattern means.
func (f *Filter) node(h *Header, pattern string) error {
	if f.nodes == nil {
		f.nodes = make([]bool, len(h.Nodes))
	}
	found := false
	for i, name := range h.Nodes {
		same, err := path.Match(pattern, name)
		if err != nil {
			return fmt.Errorf("--node %s: not a pattern: %w", pattern, err)
		}
		if same || strings.HasPrefix(name, pattern+"/") {
			f.nodes[i], found = true, true
		}
	}
	if !found {
		return fmt.Errorf("--node %s: no node of this run is called so; there are %d, such as %s", pattern, len(h.Nodes), h.Name(0))
	}
	return nil
}

func set(words []string) map[string]bool {
	if len(words) == 0 {
		return nil
	}
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

// Wants reports whether a line is asked for. It has to see all lines, in order.
func (f *Filter) Wants(l *Line) bool {
	mine := f.job == nil || f.ofJob(l)
	return mine && l.At >= f.from && l.At <= f.to && (f.kinds == nil || f.kinds[string(l.Kind)]) &&
		(f.messages == nil || f.messages[string(l.Message)]) && (f.facts == nil || f.facts[string(l.Fact)]) &&
		(f.nodes == nil || f.has(l.Node) || f.has(l.Peer) || f.has(l.About))
}

func (f *Filter) has(node int) bool { return node >= 0 && node < len(f.nodes) && f.nodes[node] }

// ofJob reports whether a line is about the job: by its own field, or by those of the message.
func (f *Filter) ofJob(l *Line) bool {
	switch string(l.Kind) {
	case "sent":
		if !f.names(l.Raw) {
			return false
		}
		f.about[l.anytime()] = true
		return true
	case "delivered", "dropped":
		p := l.anytime()
		if !f.about[p] {
			return false
		}
		delete(f.about, p)
		return true
	}
	return bytes.Equal(l.Job, f.job)
}

// anytime is what a message is called whenever it left.
func (l *Line) anytime() packet {
	p := l.packet()
	p.left = 0
	return p
}

// names reports whether a message has the job in a field of its body.
func (f *Filter) names(raw []byte) bool {
	for {
		i := bytes.Index(raw, f.decimal)
		if i < 0 {
			return false
		}
		raw = raw[i+len(f.decimal):]
		if len(raw) > 0 && (raw[0] < '0' || raw[0] > '9') {
			return true
		}
	}
}

// Job finds the job that an id, or the end of one, means: it is read off the workload's lines.
func Job(open func() (*Reader, error), name string) (string, error) {
	end := strings.TrimPrefix(name, "job-")
	r, err := open()
	if err != nil {
		return "", err
	}
	var found []string
	var l Line
	for err = r.Next(&l); err == nil; err = r.Next(&l) {
		if string(l.Kind) == "job_submitted" && bytes.HasSuffix(l.Job, []byte(end)) && !slices.Contains(found, string(l.Job)) {
			found = append(found, string(l.Job))
		}
	}
	switch closed := r.Close(); {
	case !errors.Is(err, io.EOF):
		return "", err
	case closed != nil:
		return "", closed
	case len(found) == 0:
		return "", fmt.Errorf("--job %s: no such job was handed in; jobs.csv lists them", name)
	case len(found) > 1:
		return "", fmt.Errorf("--job %s: means %d jobs, among them job-%s and job-%s; give more of the id", name, len(found), found[0], found[1])
	}
	return found[0], nil
}
