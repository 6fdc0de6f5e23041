package registry

import (
	"hypersim/core/call"
	"hypersim/core/rng"
)

// Config holds the keys of spec 30 §10 and §11.1. The tags are those of swim.Config.
type Config struct {
	Version   Speech    `key:"version"`
	Isolation Isolation `key:"isolation"`
}

// Speech is which protocol a process speaks.
type Speech struct {
	Major int `key:"major" range:"[1,255]" ref:"CURRENT" doc:"processes whose major versions differ do not talk; higher: what the old ones cannot is no burden any more, and both at once make two clusters"`
	Minor int `key:"minor" range:"[0,255]" ref:"CURRENT" doc:"a process can what its version and all before it brought; lower: it goes without what came later, and so does everybody towards it"`
}

// Certificate is what the certificate of a process says of it.
type Certificate string

// Certificates.
const (
	CertificateOwn     Certificate = "own"
	CertificateNone    Certificate = "none"
	CertificateWorker  Certificate = "worker"
	CertificateManager Certificate = "manager"
	CertificateGate    Certificate = "gate"
	CertificateClient  Certificate = "client"
)

// Isolation says whose process it is, and what is asked of those who come (AD-28).
type Isolation struct {
	Cluster     string      `key:"cluster" ref:"CLUSTER_ID" doc:"name of the cluster; true: a process of another one is sent away, whatever else it says"`
	Environment string      `key:"environment" ref:"ENVIRONMENT_ID" doc:"name of the environment; true: a process of another one is sent away, such as one of tests that was given production's addresses"`
	Certificate Certificate `key:"certificate" enum:"own,none,worker,manager,gate,client" ref:"spec 30 §11.1" doc:"own: what the certificate claims is so; none: it has none, which strict receivers refuse; worker: it claims that role, and who says otherwise is refused; manager: it claims that role, and who says otherwise is refused; gate: it claims that role, and who says otherwise is refused; client: it claims that role, and who says otherwise is refused"`
	Strict      bool        `key:"strict" ref:"MTLS_STRICT_MODE" doc:"whoever has no certificate is refused; true: nobody gets in by saying what it is; false: what it says counts"`
}

// Default returns the constants of spec 30 §10 and §12.
func Default() Config {
	return Config{
		Version:   Speech{Major: int(Current.Major), Minor: int(Current.Minor)},
		Isolation: Isolation{Cluster: "hypersim", Environment: "production", Certificate: CertificateOwn},
	}
}

// Validate reports everything that does not fit together.
func (c *Config) Validate() error { return nil }

// Speaks is the version of c.
func (c *Config) Speaks() Version { return Version{uint8(c.Version.Major), uint8(c.Version.Minor)} }

// Handshake is what a process of c that speaks v says of itself before all else.
func (c *Config) Handshake(v Version) call.Handshake {
	return call.Handshake{
		Cluster: rng.Key(c.Isolation.Cluster), Environment: rng.Key(c.Isolation.Environment), Versions: v.Says(),
	}
}

// Says is what a process that speaks v says of that.
func (v Version) Says() call.Versions {
	return call.Versions{Major: v.Major, Minor: v.Minor, Features: uint64(FeaturesOf(v))}
}
