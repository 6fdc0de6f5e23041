package call

// Budget bounds the retries of a caller by what it newly asks for (spec 02 no. 25): each new request earns a part of one, each
// retry after BUSY or silence costs one, redirects are free. Retries without it triple the load of a server that refuses
// because it has too much.
type Budget struct {
	Ratio, Most float64 // earned per request, and held at most
	have        float64
}

// NewBudget returns a full one.
func NewBudget(ratio, most float64) Budget { return Budget{Ratio: ratio, Most: most, have: most} }

// Earn says that something new is asked for.
func (b *Budget) Earn() { b.have = min(b.Most, b.have+b.Ratio) }

// slack forgives the rounding of sums of parts.
const slack = 1e-9

// Pay takes one retry from the budget; false if there is none left, and the answer that is there counts.
func (b *Budget) Pay() bool {
	if b.have < 1-slack {
		return false
	}
	b.have--
	return true
}

// Back gives back what was paid for a retry that was never made.
func (b *Budget) Back() { b.have = min(b.Most, b.have+1) }
