package story

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Breach is what a run broke.
type Breach struct {
	Invariant string
	Rule      string // what always holds
	What      string // what broke it
	At        int64  // ns
	Nodes     []string
	Faults    []Mishap
}

// Mishap is a fault of the run.
type Mishap struct{ ID, Kind, Detail string }

// TaleMax is how many sentences a tale has at most.
const TaleMax = 30

// taleDepth is how far back each chain is followed.
const taleDepth = 5000

// Tale tells how a run came to break a rule, in sentences, at most as many as asked: what faults did, what led to the breach, by
// walking back from what the nodes that it names said last of the same, and what the rule says. It reads the recording twice.
func Tale(open func() (*Reader, error), b *Breach, most int) ([]string, error) {
	s := &search{breach: b, web: newWeb(), last: map[int]uint32{}, others: map[int]uint32{}, deed: map[int]uint32{}, spoke: map[int]bool{}, jobs: map[string]bool{}}
	for _, m := range jobNamed.FindAllStringSubmatch(b.What, -1) {
		s.jobs[m[1]] = true
	}
	if err := s.read(open); err != nil {
		return nil, err
	}
	t := &telling{search: s, most: most}
	if err := t.read(open, s.lines()); err != nil {
		return nil, err
	}
	return t.sentences(), nil
}

var jobNamed = regexp.MustCompile(`\bjob-([0-9a-f]{16})\b`)

// search finds the lines of a tale.
type search struct {
	breach *Breach
	web    *web
	named  map[int]bool // nodes that the breach names
	jobs   map[string]bool
	last   map[int]uint32 // what each of them said last of it
	latest int64          // ns: when the last of that was
	deed   map[int]uint32 // what each of them sent at the very instant of the breach, or got then if it sent nothing
	spoke  map[int]bool   // it is what it sent
	others map[int]uint32 // of that, of another of them
	ends   uint32         // the last line that counts
}

func (s *search) read(open func() (*Reader, error)) error {
	r, err := open()
	if err != nil {
		return err
	}
	s.named = map[int]bool{}
	for i, name := range r.Nodes {
		if slices.Contains(s.breach.Nodes, name) {
			s.named[i] = true
		}
	}
	var l Line
	for err = r.Next(&l); err == nil && l.At <= s.breach.At; err = r.Next(&l) {
		s.web.add(&l)
		s.ends = uint32(l.Number)
		if s.named[l.Node] && s.tellsOf(&l) {
			s.last[l.Node], s.latest = uint32(l.Number), l.At
			if string(l.Kind) == "fact" && l.About != l.Node {
				s.others[l.Node] = uint32(l.Number)
			}
		}
		if sends := string(l.Kind) == "sent"; s.named[l.Node] && l.At == s.breach.At && (sends || string(l.Kind) == "delivered" && !s.spoke[l.Node]) {
			s.deed[l.Node], s.spoke[l.Node] = uint32(l.Number), sends
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, r.Close())
	}
	return r.Close()
}

// tellsOf reports whether a line of a node that the breach names is about it: of its job, or, where it is of none, about
// membership or leadership.
func (s *search) tellsOf(l *Line) bool {
	if weight(l) == 0 || string(l.Kind) == "sent" {
		return false
	}
	if len(s.jobs) > 0 {
		return s.jobs[string(l.Job)]
	}
	switch string(l.Kind) {
	case "fact":
		return len(s.named) == 1 || l.About == l.Node || s.named[l.About]
	case "job_fact":
		return len(l.Job) == 0
	}
	return lives(l)
}

// lines returns the numbers of all lines that may be told, in order.
func (s *search) lines() []uint32 {
	set := map[uint32]bool{}
	ends := slices.Collect(maps.Values(s.last))
	if len(s.jobs) == 0 && len(s.others) > 0 { // what one holds of another is what it is about
		ends = slices.Collect(maps.Values(s.others))
	}
	if s.latest < s.breach.At { // a message broke it, and no state that anybody tells of
		ends = slices.AppendSeq(ends, maps.Values(s.deed))
	}
	slices.Sort(ends)
	for _, n := range ends {
		for _, p := range s.web.chain(uint64(n), taleDepth) {
			if set[p.line] {
				break // the rest of the way is told
			}
			set[p.line] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// telling collects what is told.
type telling struct {
	*search
	most   int
	header Header
	parts  []part
	actors map[int]bool // nodes of the chains
}

// part is a sentence that may be told.
type part struct {
	line   uint32
	at     int64
	text   string
	weight int
	more   int    // others like it in the same step
	sender int    // of a message that leaves; Nobody: it says something else
	packet packet // that message
	like   string // the text without what tells it from those
}

// read reads the lines of the chains, and of life and faults whatever is between.
func (t *telling) read(open func() (*Reader, error), lines []uint32) error {
	r, err := open()
	if err != nil {
		return err
	}
	t.header, t.actors = r.Header, map[int]bool{}
	for n := range t.named {
		t.actors[n] = true
	}
	var l Line
	var life []part
	var who []int
	sent := map[packet]int{} // of messages told, the place of their sentence
	next := 0
	for err = r.Next(&l); err == nil && uint32(l.Number) <= t.ends; err = r.Next(&l) {
		chained := next < len(lines) && lines[next] == uint32(l.Number)
		if chained {
			next++
			t.actors[l.Node] = true
		}
		switch {
		case lives(&l) && (l.At > 0 || string(l.Kind) != "start"):
			life, who = append(life, t.part(&l)), append(who, l.Node)
		case chained && string(l.Kind) == "delivered":
			k, ok := sent[l.packet()]
			switch {
			case !ok:
				t.add(&l)
			case t.parts[k].packet == l.packet(): // else the sender said more in that step, and the sentence is about another one
				t.parts[k].text += fmt.Sprintf(", which gets it %s later", span(l.At-t.parts[k].at))
			}
		case chained && weight(&l) > 0:
			t.add(&l)
			if string(l.Kind) == "sent" {
				sent[l.packet()] = len(t.parts) - 1
			}
		}
	}
	for i := range life {
		if who[i] == Nobody || t.actors[who[i]] {
			t.parts = append(t.parts, life[i])
		}
	}
	slices.SortStableFunc(t.parts, func(a, b part) int { return cmp.Compare(a.line, b.line) })
	if err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, r.Close())
	}
	return r.Close()
}

// lives reports whether a line is about a fault, or the life of a process.
func lives(l *Line) bool {
	switch string(l.Kind) {
	case "fault_start", "fault_end", "crash", "start", "stop", "leave", "pause", "resume", "slow", "clock":
		return true
	}
	return false
}

func (t *telling) part(l *Line) part {
	text := t.header.sentence(l, t.breach.Faults)
	p := part{line: uint32(l.Number), at: l.At, text: text, like: plain(text), weight: weight(l), sender: Nobody}
	if string(l.Kind) == "sent" {
		p.sender, p.packet = l.Node, l.packet()
	}
	return p
}

// add adds a sentence; one like it of the same node and moment is counted beside it.
func (t *telling) add(l *Line) {
	p := t.part(l)
	if n := len(t.parts); p.sender != Nobody && n > 0 && t.parts[n-1].sender == p.sender && t.parts[n-1].at == p.at {
		t.parts[n-1] = p // of what a step sends the last one led on
		return
	}
	for i := len(t.parts) - 1; i >= 0 && t.parts[i].at == p.at; i-- {
		if t.parts[i].like == p.like {
			t.parts[i].more++
			return
		}
	}
	t.parts = append(t.parts, p)
}

var particulars = regexp.MustCompile(`\bwf-[0-9a-f]+|\b[a-z0-9-]+/worker/[0-9]+`)

// plain is a sentence without the workflow and the worker that it is about.
func plain(text string) string { return particulars.ReplaceAllString(text, "…") }

// sentences chooses among the parts: what goes on all the time goes first, then what is in the middle, so that the beginning and
// the end are told.
func (t *telling) sentences() []string {
	room := t.most - 3
	parts := t.parts
	if len(parts) > room {
		parts = drop(parts, 1, len(parts)-room)
	}
	left := 0
	if len(parts) > room {
		begin := min(room/3, len(parts))
		left = len(parts) - room
		parts = slices.Concat(parts[:begin], parts[begin+left:])
	}
	out := []string{fmt.Sprintf("This run breaks %s at %s: %s.", t.breach.Invariant, moment(t.breach.At), strings.TrimRight(t.breach.What, "."))}
	if len(t.last) == 0 {
		out = append(out, "Nothing that the recording holds of those nodes led there.")
	}
	for i := range parts {
		text := parts[i].text
		if parts[i].more > 0 {
			text += fmt.Sprintf(" (and %d more like it)", parts[i].more)
		}
		if left > 0 && i == min(room/3, len(parts)) {
			text = after(left) + text
		}
		out = append(out, fmt.Sprintf("%s: %s.", moment(parts[i].at), text))
	}
	return append(out, fmt.Sprintf("%s says: %s.", t.breach.Invariant, strings.TrimRight(t.breach.Rule, ".")))
}

// after stands where steps are left out.
func after(steps int) string {
	if steps == 1 {
		return "(a step later) "
	}
	return fmt.Sprintf("(%d steps later) ", steps)
}

// drop leaves out so many of the parts of a weight, the older ones first.
func drop(parts []part, weight, many int) []part {
	return slices.DeleteFunc(slices.Clone(parts), func(p part) bool {
		if p.weight != weight || many == 0 {
			return false
		}
		many--
		return true
	})
}

// moment writes ns as seconds, with as many digits as are needed for a microsecond.
func moment(ns int64) string {
	text := strings.TrimRight(fmt.Sprintf("%.6f", float64(ns)/1e9), "0")
	return strings.TrimSuffix(text, ".") + " s"
}

// span writes a short time.
func span(ns int64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%d ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", float64(ns)/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.3g ms", float64(ns)/1e6)
	}
	return fmt.Sprintf("%.3g s", float64(ns)/1e9)
}
