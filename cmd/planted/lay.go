package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Where the program looks which bug it runs: a package that only the overlay has.
const (
	switchDir  = "core/plantedbug"
	switchPath = "hypersim/core/plantedbug"
	switchEnv  = "HYPERSIM_PLANTED"
	switchText = `package plantedbug

import (
	"os"
	"strconv"
)

// Is the number of the bug that runs, 0: none.
var Is, _ = strconv.Atoi(os.Getenv("` + switchEnv + `"))
`
)

// lay writes the changed sources and what `go build -overlay` wants to know of them, and returns that file. The function that a bug is
// in stands there twice: as it is, and with the bug in it under another name, to which the first one turns when that bug runs.
func lay(root, dir string) (string, error) {
	files := map[string][]change{}
	for i, b := range all() {
		files[b.file] = append(files[b.file], change{i + 1, b.name, edit{b.file, b.text, b.instead}})
		for _, e := range guards[b.name] {
			files[e.file] = append(files[e.file], change{i + 1, b.name, e})
		}
	}
	replace := map[string]string{}
	put := func(file, text string) error {
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		replace[filepath.Join(root, file)] = to
		return os.WriteFile(to, []byte(text), 0o600)
	}
	problems := []error{put(switchDir+"/bug.go", switchText)}
	for file, changes := range files {
		src, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			return "", err
		}
		text, err := laid(src, changes)
		problems = append(problems, err, put(file, text))
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	path := filepath.Join(dir, "overlay.json")
	return path, errors.Join(append(problems, err, os.WriteFile(path, text, 0o600))...)
}

// patch is put in at an offset.
type patch struct {
	at   int
	text string
}

// change is what one bug, by its number, changes in a file.
type change struct {
	number int
	name   string
	edit
}

// laid returns a source with bugs in it.
func laid(src []byte, changes []change) (string, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", src, parser.ParseComments)
	if err != nil {
		return "", err
	}
	offset := func(p token.Pos) int { return set.Position(p).Offset }
	patches := []patch{{offset(f.Name.End()), "\n\nimport \"" + switchPath + "\""}}
	var copies strings.Builder
	var problems []error
	for _, b := range changes {
		at := bytes.Index(src, []byte(b.text))
		if n := bytes.Count(src, []byte(b.text)); n != 1 {
			problems = append(problems, fmt.Errorf("%s: %q stands %d times in %s, not once", b.name, b.text, n, b.file))
			continue
		}
		d := within(f, offset, at, at+len(b.text))
		if d == nil {
			problems = append(problems, fmt.Errorf("%s: is in no function of %s", b.name, b.file))
			continue
		}
		from, to, name := offset(d.Pos()), offset(d.End()), offset(d.Name.Pos())
		other := fmt.Sprintf("%sPlanted%d", d.Name.Name, b.number)
		call, err := turn(d, other)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", b.name, err))
			continue
		}
		fmt.Fprintf(&copies, "\n%s%s%s%s%s\n", src[from:name], other, src[name+len(d.Name.Name):at], b.instead, src[at+len(b.text):to])
		patches = append(patches, patch{offset(d.Body.Lbrace) + 1, fmt.Sprintf("\n\tif plantedbug.Is == %d {\n\t\t%s\n\t}\n", b.number, call)})
	}
	slices.SortStableFunc(patches, func(a, b patch) int { return b.at - a.at })
	out := string(src)
	for _, p := range patches {
		out = out[:p.at] + p.text + out[p.at:]
	}
	return out + copies.String(), errors.Join(problems...)
}

// within returns the function that a piece of text is in.
func within(f *ast.File, offset func(token.Pos) int, from, to int) *ast.FuncDecl {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil && offset(d.Body.Pos()) <= from && to <= offset(d.End()) {
			return d
		}
	}
	return nil
}

// turn is the call of another function with the arguments of this one.
func turn(d *ast.FuncDecl, other string) (string, error) {
	name := other
	if d.Recv != nil {
		if len(d.Recv.List[0].Names) == 0 {
			return "", fmt.Errorf("%s does not name its receiver", d.Name.Name)
		}
		name = d.Recv.List[0].Names[0].Name + "." + other
	}
	var args []string
	for _, p := range d.Type.Params.List {
		if len(p.Names) == 0 {
			return "", fmt.Errorf("%s does not name its parameters", d.Name.Name)
		}
		for _, n := range p.Names {
			if n.Name == "_" {
				return "", fmt.Errorf("%s does not name a parameter", d.Name.Name)
			}
			if _, variadic := p.Type.(*ast.Ellipsis); variadic {
				n = ast.NewIdent(n.Name + "...")
			}
			args = append(args, n.Name)
		}
	}
	call := name + "(" + strings.Join(args, ", ") + ")"
	if d.Type.Results == nil {
		return call + "\n\t\treturn", nil
	}
	return "return " + call, nil
}
