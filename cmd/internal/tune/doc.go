// Package tune searches parameters of a scenario for an objective, or for the best trade between two or three.
//
// In: a Request (scenario, parameters with bounds, objectives, constraints, seeds). Out: a folder with every point that was
// tried, the winner as it would stand in a file, what each parameter matters, and a verdict on seeds that the search
// never saw; and the same as a Report.
//
// A method proposes points of the unit cube, a generation at a time, and is told how they came out: all points of a finite
// space, CMA-ES for one objective, NSGA-II for several. Points race: each begins with a few seeds, and one that is worse for
// sure than one that ran all seeds gets no more of them. Points share their seeds, so that all comparisons are paired.
//
// Everything follows from the request and the program: draws are keyed by the search's seed, generations are told whole, and
// in order. Runs lie in the folder as those of a sweep do (cmd/internal/batch), so that the same command goes on where a
// search was stopped, with any number of workers or parts, and ends with the same bytes.
//
// It never prints and knows no flags. Spec 40 §2; ADR-0041.
package tune
