// Package words is the vocabulary of what a run measures: of each metric its name, unit, labels, meaning and how
// its values fold, and of each label where its words come from. It holds no measurement and runs nothing, so the
// rooms that only talk about metrics import it: scenarios (claims and pictures), analysis and the commands.
//
// A family of metrics is one file here, its words, and one file in sim/metrics, its recording. Tables list the
// metrics family by family, in the order of the families' places, and within a family as its file lists them.
package words
