package registry

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
)

// Spec 30 §11.2, cell by cell: initiators in rows, targets in columns.
func TestRoleMatrix(t *testing.T) {
	roles := []core.Role{core.RoleWorker, core.RoleManager, core.RoleGate, core.RoleClient}
	for from, row := range map[core.Role][4]bool{
		core.RoleClient:  {false, false, true, false},
		core.RoleGate:    {false, true, true, true},
		core.RoleManager: {true, true, true, true},
		core.RoleWorker:  {false, true, false, false},
	} {
		for i, want := range row {
			if May(from, roles[i], false) != want {
				t.Errorf("%v to %v: %v", from, roles[i], !want)
			}
		}
	}
	if !May(core.RoleClient, core.RoleManager, true) || May(core.RoleClient, core.RoleWorker, true) {
		t.Error("without gates a client may ask managers, and nobody else")
	}
}

// Spec 30 §11.1: the gates, in their order. Each case fails in all that come after it, too.
func TestDoorsInOrder(t *testing.T) {
	home := Default()
	d := Door{Papers: home.Papers(core.RoleManager), Strict: true}
	for _, c := range []struct {
		set  func(c *Isolation)
		role core.Role
		want Bar
		code call.Code
	}{
		{func(*Isolation) {}, core.RoleWorker, BarNone, call.CodeOK},
		{func(*Isolation) {}, core.RoleClient, BarRole, call.CodeRoleDenied},
		{func(c *Isolation) { c.Certificate = CertificateGate }, core.RoleClient, BarClaims, call.CodeIsolation},
		{func(c *Isolation) { c.Certificate = CertificateNone }, core.RoleClient, BarCertificate, call.CodeIsolation},
		{func(c *Isolation) { c.Environment, c.Certificate = "test", CertificateNone }, core.RoleClient, BarEnvironment, call.CodeIsolation},
		{func(c *Isolation) { c.Cluster, c.Environment, c.Certificate = "blue", "test", CertificateNone }, core.RoleClient, BarCluster, call.CodeIsolation},
	} {
		their := home
		c.set(&their.Isolation)
		p := their.Papers(c.role)
		got := d.Judge(&p, true)
		if got != c.want {
			t.Errorf("%+v as %v: %v, want %v", their.Isolation, c.role, got, c.want)
		}
		if a := d.Answer(got); got != BarNone && (a.Code != c.code || c.code == call.CodeIsolation && Bar(a.Check) != c.want) {
			t.Errorf("%v is answered %+v", got, a)
		}
	}
	d.Strict = false
	their := home
	their.Isolation.Certificate = CertificateNone
	if p := their.Papers(core.RoleWorker); d.Judge(&p, true) != BarNone {
		t.Error("who is not strict asks for no certificate")
	}
	if p := their.Papers(core.RoleClient); d.Judge(&p, true) != BarRole || d.Judge(&p, false) != BarNone {
		t.Error("without a certificate the role counts that is said, and for requests alone")
	}
}
