package preset

import "slices"

// Key is one parameter.
type Key struct {
	Key    string // here, "room.key"
	Value  string // as in a scenario file
	Theirs string // its name there and what it is set to; "" if it has none
	Why    string // where the value does not follow from theirs at a glance
}

// Preset is how one system is set up, as far as membership goes.
type Preset struct {
	Name   string
	Title  string
	Source string
	Keys   []Key
	Not    []string // what the system does and this program has no key for
}

// memberlist's configurations differ in these.
type config struct {
	suspicionMult, retransmitMult, indirectChecks, gossipNodes int
	probeInterval, probeTimeout, gossipInterval                string
	pushPull, toTheDead, tcpTimeout                            string
	confirmations, least                                       string // SuspicionMult − 2, and SuspicionMult × ProbeInterval
}

var (
	lan   = config{4, 4, 3, 3, "1s", "500ms", "200ms", "30s", "30s", "10s", "2", "4s"}
	wan   = config{6, 4, 3, 4, "5s", "3s", "500ms", "60s", "60s", "30s", "4", "30s"}
	local = config{3, 2, 1, 3, "1s", "200ms", "100ms", "15s", "15s", "1s", "1", "3s"}
)

func digits(n int) string { return string(rune('0' + n)) }

// keys are those of memberlist.
func (c config) keys() []Key {
	return []Key{
		{"probe.interval", c.probeInterval, "ProbeInterval = " + c.probeInterval, ""},
		{"probe.timeout", c.probeTimeout, "ProbeTimeout = " + c.probeTimeout, ""},
		{"probe.indirect_k", digits(c.indirectChecks), "IndirectChecks = " + digits(c.indirectChecks), ""},
		{"probe.stream_fallback", "true", "DisableTcpPings = false", "an unanswered probe is repeated over TCP beside the proxies"},
		{"timeout.latency_mode", "off", "", "it does not know how far a member is"},
		{"lhm.max", "7", "AwarenessMaxMultiplier = 8", "scores 0 to 7 multiply by 1 to 8"},
		{"suspicion.alpha", digits(c.suspicionMult), "SuspicionMult = " + digits(c.suspicionMult), "the least timeout is SuspicionMult · max(1, log10(n)) · ProbeInterval"},
		{"suspicion.min", c.least, "", "the 1 in max(1, log10(n))"},
		{"suspicion.max", c.least, "", "beta times the least timeout overrides it"},
		{"suspicion.beta", "6", "SuspicionMaxTimeoutMult = 6", ""},
		{"suspicion.k", c.confirmations, "", "SuspicionMult − 2 confirmations bring the timeout to its least"},
		{"suspicion.scaling", "none", "", "local health stretches probes, not suspicions"},
		{"suspicion.pause_grace", "false", "", ""},
		{"probe.pause_guard", "false", "", ""},
		{"gossip.interval", c.gossipInterval, "GossipInterval = " + c.gossipInterval, ""},
		{"gossip.fanout", digits(c.gossipNodes), "GossipNodes = " + digits(c.gossipNodes), ""},
		{"gossip.to_dead", c.toTheDead, "GossipToTheDeadTime = " + c.toTheDead, ""},
		{"gossip.lambda", digits(c.retransmitMult), "RetransmitMult = " + digits(c.retransmitMult), "news is told RetransmitMult · ⌈log10(n + 1)⌉ times"},
		{"gossip.limit", "decades", "", "the ⌈log10(n + 1)⌉ in it"},
		{"gossip.max_updates", "100", "", "as many as a datagram holds"},
		{"sync.mode", "full", "", "tables are exchanged whole"},
		{"sync.interval", c.pushPull, "PushPullInterval = " + c.pushPull, "above 32 members ⌈log2(n/32)⌉ + 1 times that, there as here"},
		{"sync.interval_gates", c.pushPull, "PushPullInterval = " + c.pushPull, ""},
		{"sync.timeout", c.tcpTimeout, "TCPTimeout = " + c.tcpTimeout, ""},
		{"reconnect.interval", "0s", "", "memberlist never pings the dead"},
		{"confirm.reactive", "false", "", "nobody is UNCONFIRMED there"},
		{"membership.confirmation_mode", "hearsay", "", "who is told alive counts"},
		{"health.enabled", "false", "", "members tell nothing about their own load"},
		{"lag.enabled", "false", "", "a member does not measure its own timers"},
		{"rate.burst", "0", "", "datagrams are not rationed"},
		{"audit.max", "0", "", ""},
		{"vivaldi.enabled", "false", "", "memberlist has no coordinates"},
	}
}

// notThere is what memberlist does in another way whatever is set.
var notThere = []string{
	"awareness stretches only the period of probes there, here also the direct wait",
	"only its own prober tells a suspect of the accusation there, here every datagram to it does",
	"a refutation goes out by gossip only there, here also with the next answer",
	"the dead count in the size of the group there",
}

// with returns keys with some set otherwise.
func with(keys []Key, others ...Key) []Key {
	for _, o := range others {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Key == o.Key })
		keys[i] = o
	}
	return keys
}

// serfKeys are what Serf adds to memberlist.
var serfKeys = []Key{
	{"reconnect.interval", "30s", "ReconnectInterval = 30s", "one of the dead is tried again"},
	{"vivaldi.enabled", "true", "DisableCoordinates = false", "coordinates of eight dimensions and a height"},
}

// All returns the presets, in order.
func All() []Preset {
	const memberlist, serf = "memberlist 0.5.3, config.go", "serf 0.10.2, config.go"
	return []Preset{
		{"memberlist-lan", "memberlist, DefaultLANConfig", memberlist, lan.keys(), notThere},
		{"memberlist-wan", "memberlist, DefaultWANConfig", memberlist, wan.keys(), notThere},
		{"memberlist-local", "memberlist, DefaultLocalConfig", memberlist, local.keys(), notThere},
		{"serf", "Serf's default, on memberlist's LAN configuration", serf, with(lan.keys(), serfKeys...),
			append(slices.Clone(notThere), "a member that is dead for ReconnectTimeout, 24 h, is forgotten")},
		{"consul", "Consul's LAN pool: Serf on memberlist's LAN configuration", serf + "; Consul's gossip_lan", with(lan.keys(), serfKeys...),
			append(slices.Clone(notThere), "a member that is dead for reconnect_timeout, 72 h, is forgotten")},
		{"nomad", "Nomad's servers: Serf on memberlist's WAN configuration, for they span datacenters", serf + "; Nomad's server configuration", with(wan.keys(), serfKeys...),
			append(slices.Clone(notThere), "a member that is dead for 72 h is forgotten")},
	}
}

// Names returns their names, in order.
func Names() (names []string) {
	for _, p := range All() {
		names = append(names, p.Name)
	}
	return names
}

// Find returns the preset of a name, nil if there is none.
func Find(name string) *Preset {
	all := All()
	if i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// Theirs returns what a system calls a key, "" if it has no name for it or does not know it.
func (p *Preset) Theirs(key string) string {
	for _, k := range p.Keys {
		if k.Key == key {
			return k.Theirs
		}
	}
	return ""
}
