package call

import "testing"

// Spec 02 no. 25: a fifth of a retry a request, three held at most.
func TestBudget(t *testing.T) {
	b := NewBudget(0.2, 3)
	for i := range 3 {
		if !b.Pay() {
			t.Fatalf("retry %d is refused", i)
		}
	}
	if b.Pay() {
		t.Error("a fourth one goes through")
	}
	for range 4 {
		b.Earn()
	}
	if b.Pay() {
		t.Error("four requests pay for a retry")
	}
	b.Earn()
	if !b.Pay() || b.Pay() {
		t.Error("five requests pay for one retry")
	}
	for range 100 {
		b.Earn()
	}
	n := 0
	for b.Pay() {
		n++
	}
	if n != 3 {
		t.Errorf("after a hundred requests %d retries, want 3", n)
	}
}
