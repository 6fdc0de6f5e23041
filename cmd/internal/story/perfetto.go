package story

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Perfetto writes the lines that a filter wants as a timeline in the JSON trace format that ui.perfetto.dev and chrome://tracing
// open: sites are processes, nodes are threads, messages are arrows from the step that sent them to the step that got them,
// and what a node says is an instant on its thread. Times are µs of virtual time. It returns how many lines it wrote.
func Perfetto(r *Reader, f *Filter, out io.Writer) (uint64, error) {
	w := &timeline{out: bufio.NewWriter(out), header: &r.Header, flows: map[packet]uint64{}, drawn: slices.Repeat([]int64{-1}, len(r.Nodes))}
	w.text(`{"displayTimeUnit":"ms","traceEvents":[`)
	w.names()
	var l Line
	n := uint64(0)
	err := r.Next(&l)
	for ; err == nil; err = r.Next(&l) {
		if f.Wants(&l) {
			w.line(&l)
			n++
		}
	}
	w.text("\n]}\n")
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, errors.Join(err, w.out.Flush())
}

type timeline struct {
	out    *bufio.Writer // keeps its first error
	header *Header
	sites  []string
	flows  map[packet]uint64
	drawn  []int64 // by node, when the slice began that others are drawn in, ns; -1 none
	last   uint64
	some   bool
	b      []byte
}

// instant is how long what takes no time is drawn, in ns: a slice is needed for arrows to end at.
const instant = 1000

// slice returns how long what a node does at an instant is drawn: into the slice of what it did within less than one before, and not
// across its end, which viewers lay out wrongly.
func (w *timeline) slice(node int, at int64) int64 {
	if node < 0 || node >= len(w.drawn) {
		return instant
	}
	if begun := w.drawn[node]; begun >= 0 && at >= begun && at < begun+instant {
		return begun + instant - at
	}
	w.drawn[node] = at
	return instant
}

func (w *timeline) text(s string) { _, _ = w.out.WriteString(s) }

// event begins an event of a node.
func (w *timeline) event(phase, name string, node int, at int64) {
	if w.some {
		w.text(",")
	}
	w.some = true
	b := append(w.b[:0], "\n{\"ph\":\""...)
	b = append(append(b, phase...), `","name":`...)
	b = strconv.AppendQuote(b, name)
	b = append(b, `,"pid":`...)
	b = strconv.AppendInt(b, int64(w.site(node)), 10)
	b = append(b, `,"tid":`...)
	b = strconv.AppendInt(b, int64(node+1), 10)
	b = append(b, `,"ts":`...)
	b = strconv.AppendFloat(b, float64(at)/1e3, 'f', 3, 64)
	w.b = b
	_, _ = w.out.Write(b)
}

// site is the number of the process that stands for a node's site; 0 is what belongs to no node.
func (w *timeline) site(node int) int {
	if node < 0 || node >= len(w.header.Nodes) {
		return 0
	}
	name, _, _ := strings.Cut(w.header.Nodes[node], "/")
	for i, s := range w.sites {
		if s == name {
			return i + 1
		}
	}
	w.sites = append(w.sites, name)
	return len(w.sites)
}

// names tells the viewer what sites and nodes are called, in their order.
func (w *timeline) names() {
	w.event("M", "process_name", Nobody, 0)
	w.text(`,"args":{"name":"world"}}`)
	for i, name := range w.header.Nodes {
		before := len(w.sites)
		if w.site(i); len(w.sites) > before {
			w.event("M", "process_name", i, 0)
			w.text(`,"args":{"name":` + strconv.Quote(w.sites[before]) + `}}`)
		}
		w.event("M", "thread_name", i, 0)
		w.text(`,"args":{"name":` + strconv.Quote(name) + `}}`)
	}
}

func (w *timeline) line(l *Line) {
	switch string(l.Kind) {
	case "sent":
		w.message(l, "sends ", "s")
	case "delivered":
		w.message(l, "gets ", "f")
	case "dropped":
		w.event("i", string(l.Message)+" is lost: "+string(l.Why), l.Node, l.At)
		w.text(`,"s":"t"}`)
	default:
		name := string(l.Kind)
		switch {
		case len(l.Fact) > 0:
			name = string(l.Fact)
		case l.Fault != Nobody:
			name += " " + w.header.FaultName(l.Fault)
		}
		w.event("i", name, l.Node, l.At)
		scope := `,"s":"t","args":`
		if l.Node == Nobody {
			scope = `,"s":"g","args":`
		}
		w.text(scope)
		_, _ = w.out.Write(l.Raw)
		w.text("}")
	}
}

// message draws an end of a message, and the arrow from one to the other where both are drawn.
func (w *timeline) message(l *Line, does, arrow string) {
	w.event("X", does+string(l.Message), l.Node, l.At)
	w.text(`,"dur":` + strconv.FormatFloat(float64(w.slice(l.Node, l.At))/1e3, 'f', 3, 64) + `,"args":`)
	_, _ = w.out.Write(l.Raw)
	w.text("}")
	flow := w.flows[l.packet()]
	if arrow == "s" {
		w.last++
		flow = w.last
		w.flows[l.packet()] = flow
	} else {
		delete(w.flows, l.packet())
	}
	if flow == 0 {
		return
	}
	w.event(arrow, string(l.Message), l.Node, l.At)
	w.text(`,"cat":"message","id":` + strconv.FormatUint(flow, 10))
	if arrow == "f" {
		w.text(`,"bp":"e"`)
	}
	w.text("}")
}
