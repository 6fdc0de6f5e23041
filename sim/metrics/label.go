package metrics

import (
	"fmt"
	"strconv"
	"strings"

	"hypersim/core"
)

// reader returns the word of an observation under one label.
type reader func(r *Result, o *Observation) string

// readers are those of the labels that several families carry; a family adds its own where it is recorded
// (reads). A label without one is told by Def.Param or Type alone.
var readers = map[string]reader{
	"observer":       func(r *Result, o *Observation) string { return r.name(o.Observer) },
	"subject":        func(r *Result, o *Observation) string { return r.name(o.Subject) },
	"node":           func(r *Result, o *Observation) string { return r.name(o.about()) },
	"observer_role":  func(_ *Result, o *Observation) string { return roleName(o.Role) },
	"subject_role":   func(_ *Result, o *Observation) string { return roleName(o.PeerRole) },
	"role":           func(_ *Result, o *Observation) string { return roleName(o.meant(o.Role, o.PeerRole)) },
	"roles":          func(_ *Result, o *Observation) string { return pairName(o.Role, o.PeerRole) },
	"observer_site":  func(r *Result, o *Observation) string { return r.site(o.Observer) },
	"subject_site":   func(r *Result, o *Observation) string { return r.site(o.Subject) },
	"site":           (*Result).siteOf,
	"class":          func(_ *Result, o *Observation) string { return o.Class.String() },
	"observer_class": func(_ *Result, o *Observation) string { return o.Class.String() },
	"subject_class":  func(_ *Result, o *Observation) string { return o.PeerClass.String() },
	"subject_ghost":  (*Result).ghost,
	"group":          (*Result).groupName,
	"fault":          (*Result).faultName,
	"cause":          func(_ *Result, o *Observation) string { return causeName(o.Cause) },
	"path":           func(_ *Result, o *Observation) string { return path(o.Cause) },
	"truth":          func(_ *Result, o *Observation) string { return o.Truth.String() },
	"link":           func(_ *Result, o *Observation) string { return o.Link.String() },
	"to":             func(_ *Result, o *Observation) string { return stateName(o, o.To) },
	"from":           func(_ *Result, o *Observation) string { return stateName(o, o.From) },
}

// ofFamily are the readers of labels that one family carries; of other metrics they say nothing.
var ofFamily = map[string]reader{}

// reads adds the reader of a family's label, while the package is initialised.
func reads(label string, read reader) bool {
	ofFamily[label] = read
	return true
}

// Label returns the word of o under key; ok is false if no observation of this metric has such a key.
//
// node is the observer, or the subject where there is no observer. role and site are the observer's, or the subject's where
// Def.RoleIsPeer says so; class is always the observer's (spec 50 §6). group is "flat", "gates" or "site:<name>".
func (r *Result) Label(o *Observation, key string) (word string, ok bool) {
	d := o.Metric.Def()
	if key != "" && key == d.Type {
		return d.LabelWords(key)[o.Type], true
	}
	if read := readers[key]; read != nil {
		return read(r, o), true
	}
	if read := ofFamily[key]; read != nil {
		if !o.Metric.Carries(key) {
			return "", false
		}
		return read(r, o), true
	}
	if key != "" && key == d.Param {
		return formatNumber(o.Param), true
	}
	return "", false
}

// about is the observer or, where there is none, the subject.
func (o *Observation) about() core.NodeID {
	if o.Observer == core.NoNode {
		return o.Subject
	}
	return o.Observer
}

// meant picks the subject's role where the label role means that.
func (o *Observation) meant(own, peer core.Role) core.Role {
	if o.Metric.Def().RoleIsPeer {
		return peer
	}
	return own
}

func (r *Result) siteOf(o *Observation) string {
	if o.Metric.Def().RoleIsPeer {
		return r.site(o.Subject)
	}
	return r.site(o.Observer)
}

func (r *Result) ghost(o *Observation) string {
	return strconv.FormatBool(int(o.Subject) < len(r.Nodes) && r.Nodes[o.Subject].Ghost)
}

func (r *Result) faultName(o *Observation) string {
	if o.Fault < 0 || int(o.Fault) >= len(r.Faults) {
		return ""
	}
	return r.Faults[o.Fault].ID
}

func causeName(c core.Cause) string {
	if c == core.CauseNone {
		return ""
	}
	return c.String()
}

// stateName is the word for s: that of Def.Moves, or of a member's state.
func stateName(o *Observation, s core.MemberState) string {
	if moves := o.Metric.Def().Moves; moves != nil {
		return moves[s]
	}
	if s == core.StateNone {
		return ""
	}
	return s.String()
}

// pairName names a pair of roles so that it does not matter who comes first.
func pairName(a, b core.Role) string {
	if a == NoRole || b == NoRole {
		return ""
	}
	x, y := a.String(), b.String()
	if y < x {
		x, y = y, x
	}
	return x + "-" + y
}

func (r *Result) name(n core.NodeID) string {
	if int(n) >= len(r.Nodes) {
		return ""
	}
	return r.Nodes[n].Name
}

func (r *Result) site(n core.NodeID) string {
	if int(n) >= len(r.Nodes) {
		return ""
	}
	return r.Nodes[n].Site
}

func (r *Result) siteName(i int16) string {
	if i < 0 || int(i) >= len(r.Sites) {
		return ""
	}
	return r.Sites[i]
}

// groupName names the group of the observation, of its observer or of its subject.
func (r *Result) groupName(o *Observation) string {
	g := o.Group
	for _, n := range []core.NodeID{o.Observer, o.Subject} {
		if g == 0 && int(n) < len(r.Nodes) {
			g = r.Nodes[n].Group
		}
	}
	return r.GroupName(g)
}

// GroupName returns the name of group g, "" for group 0.
func (r *Result) GroupName(g core.GroupID) string {
	if int(g) >= len(r.GroupNames) {
		return ""
	}
	return r.GroupNames[g]
}

// groupNames names groups as scenario files do, by id: "flat", "gates", "site:<name>", or else
// "group:<id>".
func groupNames(c *Context) []string {
	names := []string{""}
	for i := range c.Nodes {
		n := &c.Nodes[i]
		for len(names) <= int(n.Group) {
			names = append(names, "")
		}
		if n.Group == 0 {
			continue
		}
		want := "site:" + n.Site
		switch {
		case c.Flat:
			want = "flat"
		case n.Role == core.RoleGate:
			want = "gates"
		}
		if have := names[n.Group]; have != "" && have != want {
			want = fmt.Sprintf("group:%d", n.Group)
		}
		names[n.Group] = want
	}
	return names
}

func roleName(r core.Role) string {
	if r == NoRole {
		return ""
	}
	return r.String()
}

// labels renders pairs of key and word, leaving out empty words.
func labels(kv ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i+1] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(kv[i] + "=" + kv[i+1])
	}
	return b.String()
}
