package topologies

import (
	"regexp"
	"strings"
)

// formsRead names the forms for whoever brings another one.
const formsRead = `a square or a triangle of numbers; CSV with commas, semicolons or tabs, and tables of Markdown, either with a ` +
	`label for each row and column or with columns such as from, to and avg_ms; lines of "a b value" or "a,b value"; JSON; GML`

// otherText says that a text is in no form that is read.
func otherText(what string) string {
	return "this looks like " + what + "; forms that are read: " + formsRead
}

// aTable says what a table is whose columns have unknown names.
func aTable(columns []string) string {
	return "this looks like a table with the columns " + shortList(columns) + ": name those that hold the two ends and the value " +
		"(--from-column, --to-column and --value-column, or from_column, to_column and column in a file)"
}

// marked tells the forms that begin with a sign of their own.
func marked(head string) Form {
	text := strings.TrimSpace(head)
	switch {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		if !tomlTable.MatchString(head) {
			return JSON
		}
	case gmlGraph.MatchString(head):
		return GML
	}
	return Auto
}

var (
	gmlGraph  = regexp.MustCompile(`(?m)^\s*graph\s*\[`)
	tomlTable = regexp.MustCompile(`(?m)^\s*(schema\s*=\s*[0-9]|\[\[?(scenario|topology|sites|links)[a-z.]*\]\]?\s*$)`)
)

// strange are the texts that people try and that hold no matrix, by what is found in their first lines.
var strange = []struct {
	sign *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`xmt/rcv/%loss`), "the summary of fping, which is from one host to many and names no sender: write a line \"sender receiver average\" for each"},
	{regexp.MustCompile(`icmp_seq=|min/avg/max`), "the output of ping, which is of a single pair: write a line \"sender receiver average\" for each pair"},
	{regexp.MustCompile(`(?i)^traceroute to|^HOST: .*Loss%`), "the output of traceroute or mtr, which is of a single path"},
	{regexp.MustCompile(`(?i)<graphml`), "GraphML"},
	{regexp.MustCompile(`(?i)^\s*<(!doctype|html|table)`), "a web page: save the table in it as CSV"},
	{regexp.MustCompile(`^\s*<\?xml`), "XML"},
	{regexp.MustCompile(`(?i)^\s*(strict\s+)?(di)?graph\s+[\w"]*\s*\{`), "a graph of Graphviz"},
	{regexp.MustCompile(`^PK\x03\x04`), "a spreadsheet or a zip archive: save the sheet as CSV"},
	{regexp.MustCompile(`^\x93NUMPY`), "a saved array of NumPy: numpy.savetxt writes it as text"},
	{tomlTable, "a scenario or a topology file: its name must end in .toml"},
	{regexp.MustCompile(`\x00`), "no text"},
}

// looksLike says what a text is that is none of the forms, or "".
func looksLike(head string) string {
	for _, s := range strange {
		if s.sign.MatchString(head) {
			return s.what
		}
	}
	return ""
}
