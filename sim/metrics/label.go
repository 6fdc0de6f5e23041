package metrics

import (
	"fmt"
	"strconv"
	"strings"

	"hypersim/core"
)

// Label returns the word of o under key; ok is false if no observation of this metric has such a key.
//
// node is the observer, or the subject where there is no observer; role, site and class are those of
// the observer or, where Def.RoleIsPeer says so, role and site are those of the subject. class is always
// the observer's (spec 50 §6). group is "flat", "gates" or "site:<name>".
func (r *Result) Label(o *Observation, key string) (word string, ok bool) {
	d := &defs[o.Metric]
	switch key {
	case d.Param:
		if key == "scope" {
			return r.scopeName(o.Param), true
		}
		return formatNumber(o.Param), key != ""
	case d.Type:
		return o.TypeName(), key != ""
	}
	switch key {
	case "node":
		if o.Observer == core.NoNode {
			return r.name(o.Subject), true
		}
		return r.name(o.Observer), true
	case "observer":
		return r.name(o.Observer), true
	case "subject":
		return r.name(o.Subject), true
	case "observer_role":
		return roleName(o.Role), true
	case "subject_role":
		return roleName(o.PeerRole), true
	case "role":
		if d.RoleIsPeer {
			return roleName(o.PeerRole), true
		}
		return roleName(o.Role), true
	case "observer_site":
		return r.site(o.Observer), true
	case "subject_site":
		return r.site(o.Subject), true
	case "site":
		if d.RoleIsPeer {
			return r.site(o.Subject), true
		}
		return r.site(o.Observer), true
	case "class", "observer_class":
		return o.Class.String(), true
	case "subject_class":
		return o.PeerClass.String(), true
	case "subject_ghost":
		return strconv.FormatBool(int(o.Subject) < len(r.Nodes) && r.Nodes[o.Subject].Ghost), true
	}
	return r.plainLabel(o, key)
}

func (r *Result) plainLabel(o *Observation, key string) (word string, ok bool) {
	switch key {
	case "to":
		return stateName(o, o.To), true
	case "from":
		return stateName(o, o.From), true
	case "dc":
		return r.siteName(dcOf(o.Metric, o)), true
	case "cause":
		if o.Cause == core.CauseNone {
			return "", true
		}
		return o.Cause.String(), true
	case "path":
		return path(o.Cause), true
	case "truth":
		return o.Truth.String(), true
	case "link":
		return o.Link.String(), true
	case "group":
		return r.groupName(o), true
	case "fault":
		if o.Fault < 0 || int(o.Fault) >= len(r.Faults) {
			return "", true
		}
		return r.Faults[o.Fault].ID, true
	case "site_a":
		return r.siteName(o.SiteA), true
	case "site_b":
		return r.siteName(o.SiteB), true
	case "roles":
		if o.Role == NoRole || o.PeerRole == NoRole {
			return "", true
		}
		return pairName(o.Role, o.PeerRole), true
	}
	return r.trafficLabel(o, key)
}

func (r *Result) trafficLabel(o *Observation, key string) (word string, ok bool) {
	rate := defs[o.Metric].Fold == FoldRate
	switch key {
	case "direction":
		if !rate {
			return "", true
		}
		return Direction(o.Dir - 1).String(), true
	case "transport":
		if !rate {
			return "", true
		}
		return transport(core.Kind(o.Type)), true
	case "type":
		if rate {
			return core.Kind(o.Type).String(), true
		}
	}
	return "", false
}

// pairName names a pair of roles so that it does not matter who comes first.
func pairName(a, b core.Role) string {
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

// dcOf is the datacenter that an observation about the link is of, −1 if it is about something else.
func dcOf(m Metric, o *Observation) int16 {
	switch m {
	case DCReachabilityDelay, FalseUnreachable, LinkError:
		return o.SiteA
	default:
		return -1
	}
}

// stateName is the word for s, a core.Reach where o is about a datacenter.
func stateName(o *Observation, s core.MemberState) string {
	if o.Metric == DCReachabilityDelay {
		return core.Reach(s).String()
	}
	if s == core.StateNone {
		return ""
	}
	return s.String()
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
