package topologies

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// headRows is how many rows the form is told from. headMax is what of the text is looked at where lines are
// long: at least the first two, of which each is bounded by lineMax.
const (
	headRows = 64
	headMax  = 2*lineMax + 1<<16
)

// detect tells the form from the first lines that are neither blank nor comments, and notes where another
// one fits as well. Square and the triangles are told apart by the lengths of all rows, later. refusal says
// what the text looks like when it is in no form that is read.
func (p *parser) detect() (form Form, refusal string) {
	head, end := p.head()
	if form := marked(head); form != Auto {
		return form, ""
	}
	if what := looksLike(head); what != "" {
		return Auto, otherText(what)
	}
	lines := headLines(head, !end)
	if len(lines) == 0 {
		return Square, ""
	}
	if fields := strings.Fields(lines[0]); pairsKeyword(fields[0]) || isPair(fields) {
		return Pairs, ""
	}
	p.delimit(lines)
	return p.detectRows(headFields(lines, p.delimiter))
}

func (p *parser) detectRows(rows [][]string) (form Form, refusal string) {
	first := rows[0]
	words := count(first, func(c string) bool { return !isValue(c) })
	switch {
	case p.namesPair(first):
		return Long, ""
	case words == 0 && numericHeader(rows):
		p.note("the first line and the first column were taken for labels, because they are equal; form = \"square\" reads them as delays")
		return Wide, ""
	case p.barePairs(rows):
		return Pairs, ""
	case words > 0 && matchingLabels(rows):
		return Wide, ""
	case words == 0:
		return Square, ""
	case len(rows) > 1 && p.delimiter != blanks:
		return Auto, aTable(first)
	case p.delimiter != blanks:
		return Wide, ""
	case 2*words > len(first):
		return Auto, otherText("text that begins with " + quote(strings.Join(first, " ")))
	}
	return Square, ""
}

// head returns the beginning of the text, and whether that is all of it.
func (p *parser) head() (head string, end bool) {
	text, err := p.in.Peek(p.in.Size())
	if err == nil && bytes.Count(text, []byte("\n")) < 3 {
		p.in = bufio.NewReaderSize(p.in, headMax)
		text, err = p.in.Peek(headMax)
	}
	return string(text), err != nil
}

// headLines returns the first lines that hold something; the last may be cut off, and is left out then.
func headLines(head string, cut bool) []string {
	var lines []string
	for line := range strings.Lines(head) {
		if cut && !strings.HasSuffix(line, "\n") && len(lines) > 0 {
			break
		}
		line = strings.TrimRight(line, "\r\n")
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		if lines = append(lines, line); len(lines) == headRows {
			break
		}
	}
	return lines
}

// blanks is the delimiter of a text whose cells stand between blanks, markdown of a table of Markdown.
const (
	blanks   = ' '
	markdown = '|'
)

// delimiterOf tells what stands between cells: what makes labelled rows, else what makes the most values. A tab
// counts only where blanks would not do: beside an empty cell or between labels; many files end lines with one.
func delimiterOf(lines []string) rune {
	first := lines[0]
	if strings.HasPrefix(strings.TrimSpace(first), "|") {
		return markdown
	}
	best, most := rune(blanks), 0
	for _, d := range []rune{',', ';', '\t'} {
		if !strings.ContainsRune(first, d) || d == '\t' && !needTabs(lines) {
			continue
		}
		rows := headFields(lines, d)
		if matchingLabels(rows) {
			return d
		}
		values := 1 // a header alone has none
		for _, row := range rows {
			values += count(row[1:], func(c string) bool { return isValue(c) || thousands.MatchString(c) })
		}
		if values > most {
			best, most = d, values
		}
	}
	return best
}

func needTabs(lines []string) bool {
	tabs := strings.Count(lines[0], "\t")
	if slices.ContainsFunc(lines, func(line string) bool { return strings.Count(line, "\t") != tabs }) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(lines[0], "\t"), isValue) ||
		slices.ContainsFunc(lines, func(line string) bool { return line[0] == '\t' || strings.Contains(line, "\t\t") })
}

// headFields cuts the first lines into cells.
func headFields(lines []string, delimiter rune) [][]string {
	var rows [][]string
	for _, line := range lines {
		switch delimiter {
		case blanks:
			rows = append(rows, strings.Fields(line))
			continue
		case markdown:
			if cells := markdownCells(line); !ruler(cells) {
				rows = append(rows, cells)
			}
			continue
		}
		r := csv.NewReader(strings.NewReader(line))
		r.Comma, r.LazyQuotes, r.TrimLeadingSpace = delimiter, true, delimiter != '\t'
		cells, err := r.Read()
		if err != nil { // a quoted cell with a line break: the reader of the whole text knows better
			cells = strings.Split(line, string(delimiter))
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	if len(rows) == 0 {
		rows = [][]string{{""}}
	}
	return rows
}

// numericHeader reports whether a text of numbers alone begins with a line and a column of labels: an empty
// corner, then the same whole numbers to the right and downwards. So would a square matrix without its
// diagonal, unless the rest has values on it or the labels count from 0 or 1.
func numericHeader(rows [][]string) bool {
	labels := rows[0][1:]
	if rows[0][0] != "" || len(labels) == 0 || len(rows) < 2 {
		return false
	}
	counting, diagonal := true, false
	seen := make(map[string]bool, len(labels))
	for i, label := range labels {
		n, err := strconv.ParseInt(label, 10, 64)
		if err != nil || seen[label] {
			return false
		}
		seen[label] = true
		first, _ := strconv.ParseInt(labels[0], 10, 64) // the same loop has parsed it
		counting = counting && first >= 0 && first <= 1 && n == first+int64(i)
	}
	for i, row := range rows[1:] {
		if i >= len(labels) || len(row) != len(labels)+1 || row[0] != labels[i] {
			return false
		}
		diagonal = diagonal || !isMissing(row[i+1])
	}
	return counting || diagonal
}

// matchingLabels reports whether a row below the header is named like one of its columns. A header between
// blanks has no corner: it is one cell shorter than its rows.
func matchingLabels(rows [][]string) bool {
	return slices.ContainsFunc(rows[1:], func(row []string) bool {
		labels := rows[0]
		if len(row) <= len(labels) {
			labels = labels[1:]
		}
		return len(row) > 1 && row[0] != "" && slices.Contains(labels, row[0])
	})
}

// barePairs reports whether every line is two names and a value. Three lines of numbers could be a square
// matrix too: they are pairs when each two of three names stand there once.
func (p *parser) barePairs(rows [][]string) bool {
	named := true
	for _, row := range rows {
		if len(row) != 3 || !isValue(row[2]) || row[0] == "" || row[1] == "" {
			return false
		}
		named = named && !isValue(row[0]) && !isValue(row[1])
	}
	if named {
		return true
	}
	if slices.ContainsFunc(rows, func(row []string) bool { return !whole.MatchString(row[0]) || !whole.MatchString(row[1]) }) {
		return false
	}
	switch {
	case len(rows) < 3:
		return !zeroDiagonal(rows) // the first lines of a square matrix
	case len(rows) == 3 && !threePairs(rows):
		return false
	case len(rows) == 3:
		p.note("three lines of three numbers were read as two names and a value each; form = \"square\" reads them as a matrix of 3 rows")
	}
	return true
}

// whole is a number that may be the name of a node.
var whole = regexp.MustCompile(`^[0-9]+$`)

func zeroDiagonal(rows [][]string) bool {
	for i, row := range rows {
		if row[i] != "0" {
			return false
		}
	}
	return true
}

func threePairs(rows [][]string) bool {
	names, pairs := map[string]bool{}, map[[2]string]bool{}
	for _, row := range rows {
		names[row[0]], names[row[1]] = true, true
		pairs[[2]string{min(row[0], row[1]), max(row[0], row[1])}] = row[0] != row[1]
	}
	for _, two := range pairs {
		if !two {
			return false
		}
	}
	return len(names) == 3 && len(pairs) == 3
}

func count(cells []string, is func(string) bool) (n int) {
	for _, c := range cells {
		if is(c) {
			n++
		}
	}
	return n
}
