package form

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hypersim/core"
)

// small is a format with a key of every kind that is bound by its type alone.
type small struct {
	Name  string        `key:"name" required:"true" doc:"what it is called"`
	Mode  string        `key:"mode" enum:"fast,slow" doc:"how it goes"`
	Wait  core.Duration `key:"wait" range:"(0,60]" doc:"how long it waits"`
	Count int           `key:"count" range:"[1,10]" doc:"how many"`
	Seed  uint64        `key:"seed"`
	Part  float64       `key:"part" range:"[0,1)"`
	On    bool          `key:"on"`
	Size  Bytes         `key:"size" range:"[1,inf)"`
	Rate  Bandwidth     `key:"rate"`
	Words []string      `key:"words"`
	Item  []item        `key:"item"`
}

type item struct {
	ID   string        `key:"id"`
	Wait core.Duration `key:"wait"`
}

// bound reads a text, sets what is to be set, and binds it.
func bound(t *testing.T, text string, env *Environment, sets ...string) (small, Problems) {
	t.Helper()
	root, err := Read(text, "x.toml")
	if err != nil {
		t.Fatal(err)
	}
	b := Binding{Env: env}
	for _, s := range sets {
		b.Set(root, s, func(path string) bool { return IsText(TypeAt(reflect.TypeFor[small](), SplitPath(path))) })
	}
	v := small{Wait: time.Second} // a default
	b.Table(root, "", reflect.ValueOf(&v).Elem())
	return v, b.Problems.Sorted()
}

const whole = `name = "a"
mode = "slow"
wait = "1500ms"
count = 3
seed = 18
part = 0.5
on = true
size = "64KiB"
rate = "10Mbit/s"
words = ["x", "y"]
[[item]]
id = "first"
wait = "2s"
[[item]]
id = "second"
`

func TestBinding(t *testing.T) {
	have, bad := bound(t, whole, nil)
	want := small{
		Name: "a", Mode: "slow", Wait: 1500 * time.Millisecond, Count: 3, Seed: 18, Part: 0.5, On: true, Size: 64 << 10, Rate: 10e6,
		Words: []string{"x", "y"}, Item: []item{{"first", 2 * time.Second}, {"second", 0}},
	}
	if bad != nil || !reflect.DeepEqual(have, want) {
		t.Errorf("%+v, %v", have, bad)
	}
	if have, bad := bound(t, "name = \"a\"\nwords = \"x\"\n", nil); bad != nil || have.Wait != time.Second || len(have.Words) != 1 {
		t.Errorf("%+v, %v: a default stays, and one word is a list of one", have, bad)
	}
}

// Everything that is wrong is said at once: where, what was found, what is allowed.
func TestProblems(t *testing.T) {
	_, bad := bound(t, `nam = "a"
mode = "fats"
wait = "61s"
count = 11
seed = -1
part = 1
on = "yes"
size = 12
rate = "1 gig"
words = [1]
item = { id = "x" }
`, nil)
	want := []string{
		`x.toml:1:1: nam: unknown key (did you mean "name"?)`,
		`x.toml:1:1: name: missing`,
		`x.toml:2:8: mode = "fats": must be "fast" or "slow" (did you mean "fast"?)`,
		`x.toml:3:8: wait = "61s": must be > 0s and ≤ 60s`,
		`x.toml:4:9: count = 11: must be ≥ 1 and ≤ 10`,
		`x.toml:5:8: seed = -1: must be ≥ 0`,
		`x.toml:6:8: part = 1: must be ≥ 0 and < 1`,
		`x.toml:7:6: on = "yes": must be true or false`,
		`x.toml:8:8: size = 12: ` + ErrSize.Error(),
		`x.toml:9:8: rate = "1 gig": ` + errBandwidth.Error(),
		`x.toml:10:10: words[0] = 1: must be a string`,
		`x.toml:11:8: item: must be an array of tables: each begins with [[item]]`,
	}
	if have := strings.Split(bad.Error(), "\n"); !reflect.DeepEqual(have, want) {
		t.Errorf("have\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

func TestNotTOML(t *testing.T) {
	_, err := Read("a = 1\nb = \n", "x.toml")
	var bad Problems
	if !errors.As(err, &bad) || len(bad) != 1 || bad[0].Line != 2 || !strings.HasPrefix(bad[0].Text, "not TOML: ") {
		t.Errorf("%v", err)
	}
}

// Who reads a text may write to what it gets: the next reader of the same text does not see it.
func TestReadGivesACopy(t *testing.T) {
	a, err := Read(whole, "x.toml")
	if err != nil {
		t.Fatal(err)
	}
	a.Kids["item"].Items[0].Kids["id"].Val = "other"
	if b, err := Read(whole, "x.toml"); err != nil || b.Lookup("item.first") == nil || b.Lookup("item.other") != nil {
		t.Errorf("%v, %v", b, err)
	}
}

func TestSet(t *testing.T) {
	have, bad := bound(t, whole, nil, "wait=3s", "name=12", "item.second.wait=4s", "item[0].id=x", `words=["z"]`, "count = 7")
	if bad != nil || have.Wait != 3*time.Second || have.Name != "12" || have.Item[1].Wait != 4*time.Second || have.Item[0].ID != "x" ||
		have.Words[0] != "z" || have.Count != 7 {
		t.Errorf("%+v, %v", have, bad)
	}
	for set, want := range map[string]string{
		"wait":             `--set: "wait": must be dotted.key=value`,
		"item.third.id=a":  `--set: item.third.id: no entry "third" (has first, second)`,
		"count.more=1":     `--set: count.more: "count" is no table`,
		"wiat=1s":          `--set: wiat: unknown key (did you mean "wait"?)`,
		"count=99":         `--set: count = 99: must be ≥ 1 and ≤ 10`,
		`item=[{id="a"`:    `--set: item: "[{id=\"a\"" is not TOML`,
		"item.first.wait=": `--set: item[0].wait = "": ` + ErrDuration.Error(),
	} {
		if _, bad := bound(t, whole, nil, set); bad.Error() != want {
			t.Errorf("%s: %s, want %s", set, bad.Error(), want)
		}
	}
}
