package words

// Fold says what the values of a metric are, and so how several of them become one: over labels that are not
// told apart, over the bins of a picture, and over time. It is the one definition that verdicts, tables and
// pictures use.
type Fold uint8

// The folds.
const (
	FoldNone   Fold = iota // measurements that stand for themselves, Weight times: statistics are over all of them
	FoldShare              // parts of wholes: those of one instant become their mean, weighted by the wholes
	FoldRate               // what was counted over the node-seconds of the selected roles, each added up
	FoldEvents             // what happened: it adds up, and has a rate per second
	FoldLevel              // what each of Weight nodes has at one instant: mean, largest or sum over the nodes
	FoldSpread             // what each of several sites has at one instant: how far their means over time differ
	FoldState              // holds until the next one; two of them cannot become one
)

// Common returns the statistic that a picture shows of the metric if it is asked for none.
func (f Fold) Common() string {
	switch f {
	case FoldEvents:
		return "sum"
	case FoldState:
		return "last"
	default:
		return "mean"
	}
}

// Adds reports whether the values of different labels, under that statistic, add up to the value of all: only
// then can a picture stack them.
func (f Fold) Adds(stat string) bool {
	switch f {
	case FoldEvents, FoldNone:
		return stat == "sum" || stat == "count"
	case FoldLevel:
		return stat == "sum" || stat == "mean"
	case FoldShare, FoldRate:
		return stat == "mean"
	default:
		return false
	}
}
