package explore

import (
	"cmp"
	"slices"
	"strings"

	"hypersim/cmd/internal/story"
	"hypersim/core"
	"hypersim/sim/trace"
)

// Mark is something that a run may reach. Its name is what is said and in which words: "job_state to TIMEOUT".
type Mark uint16

// marks are all there are, and where a record finds its own.
type marks struct {
	names []string

	arrived [core.NumKinds]Mark       // a message of that kind reached somebody
	lost    [trace.NumReasons]Mark    // a message was lost for that reason
	told    [core.NumFactKinds][]Mark // a fact of membership: its kind, and the states it goes to
	to      [core.NumJobFactKinds][]Mark
	code    [core.NumJobFactKinds][]Mark
}

// none is the mark of what is no mark: nothing can reach it.
const none = Mark(0)

// all is the catalogue. It follows from the tables of kinds and words, so whoever adds one of those adds its marks, less what nothing can
// reach.
var all = newMarks()

func newMarks() *marks {
	m := &marks{names: []string{""}}
	for k := core.KindNone + 1; k < core.NumKinds; k++ {
		if travels(k) {
			m.arrived[k] = m.add(k.String() + " arrived")
		}
	}
	for r := trace.ReasonNone + 1; r < trace.NumReasons; r++ {
		m.lost[r] = m.add("a message lost: " + r.String())
	}
	for k := core.FactNone + 1; k < core.NumFactKinds; k++ {
		m.told[k] = []Mark{m.add(k.String())}
		if k == core.FactTransition {
			for s := core.StateNone + 1; s < core.NumStates; s++ {
				m.told[k] = append(m.told[k], m.add(k.String()+" to "+s.String()))
			}
		}
	}
	for k := core.JobFactNone + 1; k < core.NumJobFactKinds; k++ {
		_, to, code := k.Words()
		m.to[k] = m.words(k.String()+" to ", to)
		m.code[k] = m.words(k.String()+": ", code)
		if to == "" && code == "" {
			m.to[k] = []Mark{m.add(k.String())}
		}
	}
	return m
}

// add adds a mark, unless there is one of that name: two constants may have one word.
func (m *marks) add(name string) Mark {
	if i := slices.Index(m.names, name); i > 0 {
		return Mark(i)
	}
	m.names = append(m.names, name)
	return Mark(len(m.names) - 1)
}

// words adds a mark for each word of a type; without one a single mark stands for the fact itself.
func (m *marks) words(joint, of string) (list []Mark) {
	switch {
	case of == "":
		return nil
	case !strings.Contains(of, "."):
		return []Mark{m.add(joint + of)}
	}
	for v := 0; v < 256; v++ {
		word, ok := story.Word(of, uint8(v))
		if !ok {
			break
		}
		mark := none
		if word = cmp.Or(word, "nothing"); reachable(joint, word) && moves(joint, uint8(v)) {
			mark = m.add(joint + word)
		}
		list = append(list, mark)
	}
	return list
}

// Marks returns how many marks there are.
func Marks() int { return len(all.names) - 1 }

// String is what a mark stands for.
func (m Mark) String() string { return all.names[m] }

// set is which marks a run has reached.
type set []uint64

func newSet() set { return make(set, len(all.names)/64+1) }

func (s set) add(m Mark)      { s[m/64] |= 1 << (m % 64) }
func (s set) has(m Mark) bool { return s[m/64]>>(m%64)&1 == 1 }

// list returns the marks of s, in order.
func (s set) list() (list []Mark) {
	for m := none + 1; int(m) < len(all.names); m++ {
		if s.has(m) {
			list = append(list, m)
		}
	}
	return list
}

// reached notes what a run reaches; it is a trace.Sink.
type reached struct {
	set
	odd string // the first thing reached that the catalogue says nothing can reach; "": there was none
}

// Record implements trace.Sink.
func (r *reached) Record(x *trace.Record) {
	switch x.Kind {
	case trace.KindDelivered:
		r.add(all.arrived[x.Msg.Kind])
	case trace.KindDropped:
		r.add(all.lost[x.Reason])
	case trace.KindFact:
		told := all.told[x.Fact.Kind]
		r.add(told[0])
		if i := int(x.Fact.To); i < len(told) && i > 0 {
			r.add(told[i])
		}
	default: // what the world does is no achievement
	}
}

// RecordJob implements trace.JobSink.
func (r *reached) RecordJob(x *trace.JobRecord) {
	if x.Kind != trace.JobFact {
		return
	}
	k := x.Fact.Kind
	if !r.word(all.to[k], x.Fact.To) {
		_, to, _ := k.Words()
		r.strange(k.String()+" to ", to, x.Fact.To)
	}
	if !r.word(all.code[k], x.Fact.Code) {
		_, _, code := k.Words()
		r.strange(k.String()+": ", code, x.Fact.Code)
	}
}

// word notes a word of a list, and reports whether it is one that may be reached.
func (r *reached) word(list []Mark, v uint8) bool {
	if len(list) == 1 {
		v = 0
	}
	if int(v) >= len(list) {
		return true
	}
	r.add(list[v])
	return list[v] != none
}

// strange says what was reached that is no mark.
func (r *reached) strange(joint, of string, v uint8) {
	if word, _ := story.Word(of, v); r.odd == "" {
		r.odd = joint + cmp.Or(word, "nothing")
	}
}

// rare returns the marks that at least one and at most most runs reached, in order.
func rare(counts []int, most int) (list []Mark) {
	for m, n := range counts {
		if n > 0 && n <= most {
			list = append(list, Mark(m))
		}
	}
	return slices.Clip(list)
}
