package scenarios

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
	"hypersim/sim/fault"
)

// End is a key with a range, and the least and the largest value that it takes, as a file writes them.
type End struct{ Key, Low, High string }

// KeyEnds lists every key of the format that is a number, a time, a size or a rate, but those of single faults
// (FaultEnds) and of what is no part of a run.
func KeyEnds() []End {
	var out []End
	var c Config
	rooms := roomsOf(&c)
	for _, name := range roomNames() {
		out = append(out, endsOf(rooms[name].Type(), form.Join("protocol", name))...)
	}
	for _, f := range form.Fields(reflect.TypeFor[worldT]()) {
		out = append(out, endsOf(f.Type, f.Tag.Get("key"))...)
	}
	return append(out, endsOf(reflect.TypeFor[reportT](), "report")...)
}

// FaultEnds lists the keys with a range that faults of a kind take.
func FaultEnds(kind fault.Kind) []End {
	rule := faultRules[kind]
	may := slices.Concat(rule.need, rule.may, []string{"at"})
	if kind.Row().Course.Ends() {
		may = append(may, "for")
	}
	return slices.DeleteFunc(endsOf(reflect.TypeFor[faultT](), ""), func(e End) bool {
		name, _, _ := strings.Cut(e.Key, ".")
		return !slices.Contains(may, name)
	})
}

// endsOf walks the keys of t below path.
func endsOf(t reflect.Type, path string) []End {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[Selector]() || t == reflect.TypeFor[instantT]() || t == reflect.TypeFor[generateT]() {
		return nil
	}
	var out []End
	for _, sf := range form.Fields(t) {
		f := form.Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
		typ := sf.Type
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		key := form.Join(path, f.Name)
		if e, ok := ends(f, typ); ok {
			e.Key = key
			out = append(out, e)
		} else {
			out = append(out, endsOf(typ, key)...)
		}
	}
	return out
}

func ends(f form.Field, t reflect.Type) (End, bool) {
	in := f.Interval()
	switch {
	case t == reflect.TypeFor[serviceT]():
		in, t = serviceField.Interval(), form.DurationType
	case t == reflect.TypeFor[Dist]() && f.Tag.Get("unit") == "s":
		t = form.DurationType
	case t == reflect.TypeFor[Dist]():
		t = reflect.TypeFor[float64]()
	}
	show, least, most := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }, 1e-9, 1e300
	whole := func(v float64) string { return strconv.FormatInt(int64(v), 10) }
	switch {
	case t == form.DurationType:
		show, least, most = func(v float64) string { return form.FormatDuration(core.Seconds(v)) }, 1e-9, form.DurationMax.Seconds()
	case t == reflect.TypeFor[form.Bytes]():
		show, least, most = func(v float64) string { return whole(v) + "B" }, 1, 1<<53
	case t == reflect.TypeFor[form.Bandwidth]():
		show, most = func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) + "bit/s" }, 1e300
	case t == reflect.TypeFor[rateT]():
		show = func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) + "/s" }
	case t.Kind() == reflect.Int || t.Kind() == reflect.Int64:
		show, least, most = whole, 1, 1<<53
	case t.Kind() == reflect.Uint32 || t.Kind() == reflect.Uint64:
		show, least, most = whole, 1, 1<<53
		in.Lo = math.Max(in.Lo, 0)
	case t.Kind() == reflect.Float64:
	default:
		return End{}, false
	}
	lo, hi := math.Max(in.Lo, -most), math.Min(in.Hi, most)
	if in.LoOpen {
		lo += least
	}
	if in.HiOpen && in.Hi < most {
		hi -= math.Max(least, hi*1e-9)
	}
	return End{Low: show(lo), High: show(hi)}, true
}
