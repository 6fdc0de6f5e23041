package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/topologies/input"
)

// TextMax bounds the text of a scenario, in bytes.
const TextMax = form.TextMax

// Load reads the scenario at a path, or the bundled one of that name, or "-", the text in opt, applies sets ("dotted.key=value",
// typed as the schema says) and returns it complete. The error is Problems for everything wrong with the
// content, in the order of the file; anything else says that the file could not be read.
func Load(pathOrName string, sets []string, opt Options) (*Scenario, error) {
	if pathOrName == "-" {
		return Parse(opt.Input, "standard input", sets, opt)
	}
	text, file, err := open(pathOrName)
	if err != nil {
		return nil, err
	}
	return Parse(text, file, sets, opt)
}

// Text returns the text of a bundled scenario or of a file, and what it is called in messages.
func Text(pathOrName string) (text, file string, err error) { return open(pathOrName) }

// open finds the text and the name it has in messages. A bundled name wins over a file without extension.
func open(pathOrName string) (text, file string, err error) {
	if b, ok := findBundled(pathOrName); ok {
		data, err := bundle.ReadFile(b)
		return string(data), path.Join("scenarios", b), err
	}
	data, err := input.ReadFile(pathOrName, form.TextMax)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(pathOrName, `/\.`) {
		return "", "", fmt.Errorf("no bundled scenario %q%s", pathOrName, form.DidYouMean(pathOrName, bundledNames()))
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", pathOrName, plain(err))
	}
	return string(data), pathOrName, nil
}

// Parse is Load on a text; file stands in messages, and its folder is where relative paths are meant from.
func Parse(text, file string, sets []string, opt Options) (*Scenario, error) {
	return load(text, file, sets, opt, !opt.Alone)
}

// load is Parse; thorough includes the checks of what this run does not use.
func load(text, file string, sets []string, opt Options, thorough bool) (*Scenario, error) {
	root, err := form.Read(text, file)
	if err != nil {
		return nil, err
	}
	l := newLoader(root, file, opt)
	l.question = question(text)
	l.change(sets, opt)
	sum := sha256.Sum256([]byte(text))
	l.sc.SHA256, l.sc.Sets = hex.EncodeToString(sum[:]), slices.Clone(sets)
	l.resolve()
	if thorough && len(l.b.Problems) == 0 {
		l.alternatives(opt)
	}
	if len(l.b.Problems) > 0 {
		return nil, l.b.Problems.Sorted()
	}
	l.finish()
	return l.sc, nil
}

// question returns the comment that opens a file.
func question(text string) string {
	var lines []string
	for line := range strings.Lines(strings.TrimPrefix(text, form.ByteOrderMark)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !ok {
			break
		}
		lines = append(lines, strings.TrimSpace(rest))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// change applies what comes from outside of the file, and the variant. Sets edit the file; where the
// variant changes the same key they are applied once more, so that the person at the keyboard wins.
func (l *loader) change(sets []string, opt Options) {
	for _, s := range sets {
		l.b.Set(l.root, s, wantsText)
	}
	head := l.root.Kid("scenario")
	if opt.Seed != nil && head != nil && head.IsTable {
		head.Kids["seed"] = &form.Node{File: seedFlag, Val: int64(*opt.Seed)}
	}
	if opt.Duration != nil && head != nil && head.IsTable {
		head.Kids["duration"] = &form.Node{File: durationFlag, Val: form.FormatDuration(*opt.Duration)}
	}
	l.bindAlternatives()
	l.pristine = l.root.Clone()
	if !l.chooseVariant(opt.Variant) {
		return
	}
	quiet := len(l.b.Problems)
	for _, s := range sets {
		l.b.Set(l.root, s, wantsText)
	}
	l.b.Problems = l.b.Problems[:quiet]
}

// otherSections of the file are bound by themselves.
var otherSections = []string{"protocol", "workload", "fault", "expect", "report", "variant", "sweep", "compare"}

func (l *loader) bindAlternatives() {
	for _, name := range []string{"variant", "sweep", "compare"} {
		n := l.root.Kid(name)
		if n == nil {
			continue
		}
		v := reflect.ValueOf(&l.alt).Elem()
		for _, f := range form.Fields(v.Type()) {
			if f.Tag.Get("key") == name {
				l.b.Value(n, name, v.FieldByIndex(f.Index), form.Field{Name: name, Tag: f.Tag})
			}
		}
	}
}

// chooseVariant applies a variant's set to the tree; it returns false when there is none.
func (l *loader) chooseVariant(name string) bool {
	i := 0
	if name != "" {
		i = slices.IndexFunc(l.alt.Variant, func(v variantT) bool { return v.Name == name })
	}
	if i < 0 || i >= len(l.alt.Variant) {
		if name != "" {
			var have []string
			for _, v := range l.alt.Variant {
				have = append(have, v.Name)
			}
			l.b.Problems = append(l.b.Problems, form.Problem{File: variantFlag, Text: fmt.Sprintf("no variant %q%s%s", name, form.Has(have), form.DidYouMean(name, have))})
		}
		return false
	}
	v := &l.alt.Variant[i]
	l.sc.Variant = v.Name
	l.applyItems(v.Set.Items)
	off := slices.Clone(v.Disable)
	for k := range l.alt.Variant { // what another variant enables is off unless this one enables it too
		for _, id := range l.alt.Variant[k].Enable {
			if !slices.Contains(v.Enable, id) {
				off = append(off, id)
			}
		}
	}
	l.dropFaults(off)
	return true
}

func (l *loader) applyItems(items []form.RawItem) {
	for _, it := range items {
		l.root.Assign(it.Path, it.Value.Clone(), func(format string, args ...any) { l.b.AtKey(it.Value, it.Key, format, args...) })
	}
}

func (l *loader) dropFaults(ids []string) {
	faults := l.root.Kid("fault")
	if faults == nil {
		return
	}
	faults.Items = slices.DeleteFunc(slices.Clone(faults.Items), func(n *form.Node) bool {
		id, _ := n.Kid("id").Text()
		return slices.Contains(ids, id)
	})
}

// resolve does the work: everything wrong is in l.b.problems afterwards.
func (l *loader) resolve() {
	l.world = defaultWorld()
	l.b.Table(l.root, "", reflect.ValueOf(&l.world).Elem(), otherSections...)
	l.head()
	l.proto = l.bindProtocol(l.root.Kid("protocol"))
	built := l.buildWorld()
	l.b.Env = l.environment(built)
	l.bindClaims()
	if !built {
		return
	}
	l.workloads(l.claims.Workload)
	l.faults(l.claims.Fault)
	l.seeds(l.flat())
	l.starts()
	l.expects(l.claims.Expect)
	l.mootInvariants()
	l.mtuWarnings()
	l.hopeless()
	l.inert()
	l.report()
}

var kebab = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// head copies and checks [scenario].
func (l *loader) head() {
	t, sc := &l.world.Scenario, l.sc
	n := l.root.Kid("scenario")
	sc.Name, sc.Title, sc.Description, sc.Covers, sc.Tags = t.Name, t.Title, t.Description, t.Covers, t.Tags
	sc.Question = l.question
	sc.Seed, sc.Duration, sc.Warmup, sc.Settle, sc.Rest = t.Seed, t.Duration, t.Warmup, t.Settle, t.Rest
	if b := t.Budget; b != nil {
		sc.Budget = Budget{Wall: b.Wall, Memory: int64(b.Memory), Events: b.Events}
	}
	if n == nil || !n.IsTable {
		return
	}
	want := strings.TrimSuffix(filepath.Base(sc.File), ".toml")
	switch at := n.Kid("name"); {
	case at == nil || t.Name == "":
	case !kebab.MatchString(t.Name):
		l.b.Wrong(at, "scenario.name", "must be kebab-case: small letters, digits and single hyphens")
	case t.Name != want && isBundled(sc.File):
		l.b.Wrong(at, "scenario.name", "must equal the file's name, %q", want)
	}
	if at := n.Kid("title"); at != nil && strings.ContainsAny(t.Title, "\r\n") {
		l.b.Wrong(at, "scenario.title", "must be one line")
	}
	if sc.Duration <= 0 {
		return
	}
	if sc.Warmup >= sc.Duration {
		l.b.Wrong(n.Kid("warmup"), "scenario.warmup", "must be shorter than the run of %s", form.FormatDuration(sc.Duration))
	} else if sc.Warmup+sc.Settle > sc.Duration {
		at := form.Or(n.Kid("settle"), n.Kid("duration"))
		l.b.Wrong(at, "scenario.settle", "warm-up and settle time of %s are longer than the run of %s", form.FormatDuration(sc.Warmup+sc.Settle), form.FormatDuration(sc.Duration))
	}
}

// sitesMax bounds the table of links between sites; spec 50 §9 asks for 100 sites.
const sitesMax = 1000

// buildWorld builds topology, network, hosts, nodes and their configurations; false when there is no world
// that faults and expectations could be about.
func (l *loader) buildWorld() bool {
	if !l.topology() || l.sc.Topology == nil {
		return false
	}
	if n := len(l.sc.Topology.Sites); n > sitesMax {
		l.b.Wrong(l.root.Kid("topology"), "topology", "%d sites, at most %d are supported", n, sitesMax)
		return false
	}
	l.network()
	l.hosts()
	if l.hasProblem("cluster") || l.hasProblem("topology") || !l.cluster(l.flat()) {
		return false // numbers that are missing would have consequences elsewhere
	}
	if !l.fits() {
		return false
	}
	l.configs(l.proto)
	return true
}

func (l *loader) bindClaims() {
	v := reflect.ValueOf(&l.claims).Elem()
	l.claims.Report.Sample = core.Duration(1e9)
	for _, f := range form.Fields(v.Type()) {
		name := f.Tag.Get("key")
		if n := l.root.Kid(name); n != nil {
			l.b.Value(n, name, v.FieldByIndex(f.Index), form.Field{Name: name, Tag: f.Tag})
		}
	}
}

// report resolves [report].
func (l *loader) report() {
	t := &l.claims.Report
	l.sc.Report = Report{CSV: t.CSV, Sample: t.Sample, KeepTrace: t.KeepTrace}
	for _, id := range t.Jobs {
		j, err := job.ParseID(id)
		if err != nil {
			l.b.AtValue(l.root.Kid("report").Kid("jobs"), "report.jobs", id, "%v", err)
		}
		l.sc.Report.Jobs = append(l.sc.Report.Jobs, j)
	}
	var ids []string
	for _, f := range l.sc.Faults {
		ids = append(ids, f.ID)
	}
	for i := range t.Plot {
		p := &t.Plot[i]
		n, key := l.root.Kid("report").Kid("plot").Items[i], form.Element("report.plot", i)
		unit := l.observable(p.Metric, p.Where, n, key, true)
		out := Plot{Kind: p.Kind, Metric: p.Metric, Where: p.Where.where(), Stat: p.Stat, X: p.X, Split: p.Split, Rate: p.Rate, Log: p.Log, Mark: p.Mark}
		for _, s := range p.Stat {
			if !isStat(s) {
				l.b.AtValue(n.Kid("stat"), key+".stat", s, `must be %s, or a quantile such as "p95"`, form.OneOf(statWords))
			}
		}
		for _, id := range p.Mark {
			if !slices.Contains(ids, id) && !l.offFault(id) {
				l.b.AtValue(n.Kid("mark"), key+".mark", id, "no fault %q%s%s", id, form.Has(ids), form.DidYouMean(id, ids))
			}
		}
		for _, h := range p.HLine {
			if h == nil || h.Node == nil {
				continue
			}
			if v, ok := bound(l.b, h.Node, h.Key, unit); ok {
				out.HLine = append(out.HLine, v)
				h.Value = showBound(v, unit)
			}
		}
		if w := p.Window; w != nil {
			out.From, out.To = l.plotInstant(w.From), l.plotInstant(w.To)
		}
		l.undrawn(&out, key)
		l.sc.Report.Plots = append(l.sc.Report.Plots, out)
	}
}

func (l *loader) plotInstant(t *instantT) *core.Duration {
	if t == nil {
		return nil
	}
	l.instant(t)
	at := t.at
	return &at
}

// finish writes the resolved configuration and lets go of the tree.
func (l *loader) finish() {
	l.Encode()
	for i := range l.sc.Faults {
		f := &l.sc.Faults[i]
		f.Target.release()
		f.A.release()
		f.B.release()
		f.To.release()
		if f.On != nil {
			f.On.Node.release()
			f.On.Peer.release()
		}
		for _, s := range f.Groups {
			s.release()
		}
	}
}
