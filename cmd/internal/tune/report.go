package tune

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hypersim/analysis"
	"hypersim/scenarios"
	"hypersim/scenarios/form"
	"hypersim/scenarios/preset"
)

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:8]
}

// figure writes a number for a person.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "–"
	case a >= 1000 && a < 1e7:
		return minus(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return minus(strconv.FormatFloat(v, 'g', 3, 64))
}

// minus writes a number's sign as print does. Names keep their hyphens.
func minus(figure string) string { return strings.ReplaceAll(figure, "-", "−") }

// oneLine makes one line of several, for comments and tables.
func oneLine(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "; ") }

func signed(v float64) string {
	s := figure(v)
	if v > 0 {
		s = "+" + s
	}
	return s
}

// percent writes a share, with a digit behind the point where it is small.
func percent(v float64) string {
	switch a := math.Abs(v); {
	case a < 0.0005:
		return "±0 %"
	case a < 0.1:
		return minus(fmt.Sprintf("%+.1f %%", 100*v))
	}
	return minus(fmt.Sprintf("%+.0f %%", 100*v))
}

// bestWords says what the best point so far gives.
func (t *Tune) bestWords() string {
	f := &t.search.field
	if len(f.points) == 0 || !f.points[0].full(len(f.seeds)) {
		return ""
	}
	if len(f.goals) > 1 {
		front, _ := f.rivals()
		return fmt.Sprintf("%d points on the front", len(front))
	}
	b := f.best()
	base, v := f.estimate(f.points[0], 0), f.estimate(b, 0)
	out := fmt.Sprintf("best %s %s (point %d; default %s", figure(v), t.units[0], b.no, figure(base))
	if base != 0 && b.no > 0 {
		out += ", " + percent((v-base)/math.Abs(base))
	}
	return out + ")"
}

func (r *Report) winner() *Candidate {
	for i := range r.Candidates {
		if r.Candidates[i].Winner {
			return &r.Candidates[i]
		}
	}
	return &r.Candidates[0]
}

// verdictOf joins what sensitivity says of a parameter, over objectives and constraints: what matters to one matters.
func (r *Report) verdictOf(param string) string {
	return most(slices.DeleteFunc(slices.Clone(r.Sensitivity), func(s Sensitivity) bool { return s.Param != param }))
}

func most(list []Sensitivity) string {
	order := []string{AsItWas, MattersNot, MattersUnsure, Matters}
	worst := 0
	for i := range list {
		worst = max(worst, slices.Index(order, list[i].Verdict))
	}
	return order[worst]
}

// TOML is the winner as it would stand in a scenario file, ready to be pasted.
func (r *Report) TOML() string {
	var s strings.Builder
	w := r.winner()
	fmt.Fprintf(&s, "# %s\n# %s\n#\n# %s\n", r.Scenario, r.Command, r.Verdict)
	if w.Point == 0 {
		fmt.Fprintf(&s, "# So there is nothing to paste.\n")
		return s.String()
	}
	var rooms []string
	lines := map[string][]string{}
	for i := range r.Params {
		p := &r.Params[i]
		at := strings.LastIndex(p.Key, ".")
		room, key := p.Key[:max(at, 0)], p.Key[at+1:]
		if lines[room] == nil {
			rooms = append(rooms, room)
		}
		verdict := r.verdictOf(p.Key)
		line := fmt.Sprintf("%s = %s", key, literal(p.Kind, w.Values[i]))
		switch {
		case verdict == MattersNot && r.Idle != MattersNot:
			verdict += " by itself"
		case verdict == MattersNot || verdict == AsItWas:
			line = "# " + line
		}
		lines[room] = append(lines[room], fmt.Sprintf("%-28s # default %s; %s", line, orOpen(p.Default), verdict))
	}
	for _, room := range rooms {
		fmt.Fprintf(&s, "\n[%s]\n%s\n", room, strings.Join(lines[room], "\n"))
	}
	fmt.Fprint(&s, "\n# In the names of other systems:\n")
	for _, line := range r.theirs() {
		fmt.Fprintf(&s, "#   %s\n", line)
	}
	return s.String()
}

func orOpen(v string) string {
	if v == "" {
		return "not set"
	}
	return v
}

// literal is a value as TOML has it. A word may look like a number, and is none.
func literal(kind scenarios.SettingKind, v string) string {
	switch kind {
	case scenarios.SettingNumber, scenarios.SettingWhole, scenarios.SettingSwitch:
		return v
	default:
		return strconv.Quote(v)
	}
}

// consulOptions are the fields of memberlist that Consul's gossip_lan and gossip_wan set; developer.hashicorp.com, "Gossip
// parameters for Consul agent configuration files".
var consulOptions = map[string]string{
	"GossipNodes": "gossip_nodes", "GossipInterval": "gossip_interval", "ProbeInterval": "probe_interval", "ProbeTimeout": "probe_timeout",
	"RetransmitMult": "retransmit_mult", "SuspicionMult": "suspicion_mult",
}

// theirs names each parameter as memberlist, Serf, Consul and Nomad do, where they have a name for it.
func (r *Report) theirs() (out []string) {
	serf := preset.Find("serf")
	values := r.winner().Values
	for i := range r.Params {
		key, ok := strings.CutPrefix(r.Params[i].Key, "protocol.")
		var k *preset.Key
		for n := range serf.Keys {
			if serf.Keys[n].Key == key {
				k = &serf.Keys[n]
			}
		}
		switch {
		case !ok || k == nil:
			out = append(out, fmt.Sprintf("%s: no counterpart in memberlist, Serf, Consul or Nomad", r.Params[i].Key))
		case k.Theirs == "":
			out = append(out, fmt.Sprintf("%s: no field of its own there (%s)", r.Params[i].Key, orNone(k.Why)))
		default:
			out = append(out, named(k, values[i]))
		}
	}
	return out
}

func orNone(why string) string {
	if why == "" {
		return "it follows from others"
	}
	return why
}

// named says what a value of ours is called there.
func named(k *preset.Key, value string) string {
	name, theirs, _ := strings.Cut(k.Theirs, " = ")
	out := fmt.Sprintf("%s = %s: ", k.Key, value)
	if theirs == k.Value { // written alike
		out += fmt.Sprintf("memberlist %s = %s", name, value)
		if _, err := form.ParseDuration(value); err != nil && !whole(value) {
			out += " (whole numbers only there)"
		}
	} else {
		out += fmt.Sprintf("memberlist %s, counted otherwise: %s here is %s there", name, k.Value, theirs)
	}
	option, ok := consulOptions[name]
	switch {
	case name == "ReconnectInterval" || name == "DisableCoordinates":
		return strings.Replace(out, "memberlist", "Serf", 1) + "; Consul and Nomad have no option for it"
	case ok:
		return out + fmt.Sprintf("; Consul gossip_lan or gossip_wan { %s }; Serf and Nomad set it in code, not in their files", option)
	}
	return out + "; Serf, Consul and Nomad have no option for it"
}

func whole(v string) bool { _, err := strconv.Atoi(v); return err == nil }

// Markdown is the report for a person.
func (r *Report) Markdown(pictures []string) string {
	var s strings.Builder
	w := r.winner()
	fmt.Fprintf(&s, "# %s, tuned\n\n**%s**\n\n", r.Scenario, r.Verdict)
	fmt.Fprintf(&s, "    %s\n\n", r.Command)
	fmt.Fprintf(&s, "%d points (%s) on seeds %s; %d of %d runs, %d points were stopped early", r.Points, r.Method, analysis.SeedRanges(r.Search), r.Runs, r.RunsAll, r.Dropped)
	if r.Refused > 0 {
		fmt.Fprintf(&s, ", %d were none that the scenario takes", r.Refused)
	}
	fmt.Fprintf(&s, ". The verdict is on seeds %s, which the search never saw, with %.3g %% intervals of the difference, seed by seed.\n", analysis.SeedRanges(r.HeldOut), 100*r.Level)
	if w.Point > 0 {
		s.WriteString("\n## The winner\n\n| parameter | default | winner | back to its default |\n|---|---|---|---|\n")
		for i := range r.Params {
			fmt.Fprintf(&s, "| `%s` | %s | **%s** | %s |\n", r.Params[i].Key, orOpen(r.Params[i].Default), w.Values[i], r.back(r.Params[i].Key))
		}
		fmt.Fprintf(&s, "\nReady to paste: [%s](%s), with the names of memberlist, Serf, Consul and Nomad. What does not matter is commented out there.", WinnerName, WinnerName)
		if r.Idle == Matters || r.Idle == MattersUnsure {
			s.WriteString(" What does not matter by itself is kept: without all of it at once the winner was not shown to be what it is.")
		}
		s.WriteString("\n")
	}
	r.table(&s, r.Scenario, w.Point, "## What it gains, and what it costs", "The same scenario, other seeds.")
	for _, text := range r.Elsewhere {
		name, rest, _ := strings.Cut(text, ": ")
		r.table(&s, name, w.Point, "## Elsewhere: "+name, rest)
	}
	r.frontTable(&s)
	if len(pictures) > 0 {
		s.WriteString("\n")
	}
	for _, p := range pictures {
		fmt.Fprintf(&s, "![%s](%s/%s)\n", strings.TrimSuffix(p, ".png"), plotsName, p)
	}
	fmt.Fprintf(&s, "\n[%s](%s): every point that was tried. [%s](%s): the tables above. [%s](%s): what each parameter is worth.\n",
		PointsName, PointsName, VerdictName, VerdictName, SensitivityName, SensitivityName)
	return s.String()
}

// back says what it costs to put a parameter back.
func (r *Report) back(param string) string {
	var parts []string
	for i := range r.Sensitivity {
		s := &r.Sensitivity[i]
		if s.Param != param {
			continue
		}
		switch {
		case s.Refused != "":
			parts = append(parts, s.Refused)
		case s.Verdict == AsItWas:
			parts = append(parts, AsItWas)
		default:
			parts = append(parts, fmt.Sprintf("%s %s [%s, %s]: %s", s.Objective, signed(float64(s.Back)), signed(float64(s.Low)), signed(float64(s.High)), s.Verdict))
		}
		if s.Refused != "" || s.Verdict == AsItWas {
			break
		}
	}
	return strings.Join(parts, "; ")
}

func (r *Report) table(s *strings.Builder, world string, point int, head, lead string) {
	var rows []*Row
	for i := range r.Rows {
		if x := &r.Rows[i]; x.World == world && x.Point == point {
			rows = append(rows, x)
		}
	}
	fmt.Fprintf(s, "\n%s\n\n%s\n", head, lead)
	if len(rows) == 0 {
		return
	}
	s.WriteString("\n| value | | default | winner | change | verdict |\n|---|---|---|---|---|---|\n")
	for _, x := range rows {
		change := signed(float64(x.Change))
		if !math.IsNaN(float64(x.Low)) {
			change += fmt.Sprintf(" [%s, %s]", signed(float64(x.Low)), signed(float64(x.High)))
		}
		if x.Default != 0 {
			change += ", " + percent(float64(x.Relative))
		}
		verdict := x.Verdict
		if x.Note != "" {
			verdict += " (" + x.Note + ")"
		}
		fmt.Fprintf(s, "| %s, %s | %s | %s | %s | %s | %s |\n", x.Value, x.Unit, x.Role, figure(float64(x.Default)), figure(float64(x.Mean)), change, verdict)
	}
}

// frontTable lists the points of the front, as they came out on held-out seeds.
func (r *Report) frontTable(s *strings.Builder) {
	if len(r.Candidates) < 2 {
		return
	}
	s.WriteString("\n## The front\n\nNo point that was tried is better than one of these in every objective. Values on held-out seeds; **bold**: the winner.\n\n| point |")
	for i := range r.Params {
		fmt.Fprintf(s, " %s |", r.Params[i].Key)
	}
	for _, g := range r.Objectives {
		fmt.Fprintf(s, " %s |", g.Text)
	}
	s.WriteString("\n|" + strings.Repeat("---|", 1+len(r.Params)+len(r.Objectives)) + "\n")
	for _, c := range r.Candidates {
		name := itoa(c.Point)
		if c.Winner {
			name = "**" + name + "**"
		}
		if c.Broken != "" {
			name += " (breaks an invariant)"
		}
		fmt.Fprintf(s, "| %s | %s |", name, strings.Join(c.Values, " | "))
		for _, g := range r.Objectives {
			fmt.Fprintf(s, " %s |", r.held(c.Point, g.Row.String()))
		}
		s.WriteString("\n")
	}
}

// held is a value of a point on held-out seeds, and by how much it differs from the default.
func (r *Report) held(point int, value string) string {
	for i := range r.Rows {
		if x := &r.Rows[i]; x.World == r.Scenario && x.Point == point && x.Value == value {
			return fmt.Sprintf("%s (%s)", figure(float64(x.Mean)), signed(float64(x.Change)))
		}
	}
	return "–"
}
