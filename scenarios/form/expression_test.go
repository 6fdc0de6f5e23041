package form

import (
	"reflect"
	"strings"
	"testing"
)

func environment() *Environment {
	vars := map[string]any{"n": 100.0, "probe": map[string]any{"interval": 2.0}, "word": "flat"}
	return NewEnvironment(func() map[string]any { return vars }, func(path string) Dimension {
		switch path {
		case "probe.interval":
			return OneTime
		case "n":
			return PlainNumber
		}
		return Anything
	})
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]float64{
		"=2*probe.interval":            4,
		"= dur(\"250ms\") + 1":         1.25,
		"=max(1, log10(n), 1.5)":       2,
		"=word == \"flat\" ? 5 : 6":    5,
		"=ceil(n/30) * probe.interval": 8,
	} {
		root, err := Read("name = \"a\"\nwait = '"+text+"'\n", "x.toml")
		if err != nil {
			t.Fatal(err)
		}
		b := Binding{Env: environment()}
		v := small{}
		b.Table(root, "", reflect.ValueOf(&v).Elem())
		if b.Problems != nil || v.Wait.Seconds() != want {
			t.Errorf("%s gives %v, want %v s; %v", text, v.Wait, want, b.Problems)
		}
	}
}

// What an expression cannot say is refused at its place, with what would do.
func TestExpressionsRefused(t *testing.T) {
	for text, want := range map[string]string{
		`wait = "=probe"`:                         "interval",
		`wait = "=probe.intervall"`:               "interval",
		`wait = "=probe.interval*probe.interval"`: "must give a time",
		`wait = "=size('1B')"`:                    "must give a time",
		`wait = "=1/0"`:                           "finite",
		`wait = "=70"`:                            "≤ 60s",
		`wait = "=len([1])"`:                      "comparisons and the named functions",
		`count = "=2.5"`:                          "must be a whole number",
		`count = "=probe.interval"`:               "must give a number without unit",
		`part = "=word"`:                          "flat",
	} {
		if _, bad := bound(t, "name = \"a\"\n"+text+"\n", environment()); len(bad) != 1 || bad[0].Line != 2 || !strings.Contains(bad[0].Text, want) {
			t.Errorf("%s: %v, want one problem in line 2 with %q", text, bad, want)
		}
	}
	if _, bad := bound(t, "name = \"a\"\nwait = \"=1\"\n", nil); len(bad) != 1 || !strings.HasPrefix(bad[0].Text, "expressions may stand") {
		t.Errorf("%v", bad)
	}
}
