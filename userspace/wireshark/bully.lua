-- SPDX-License-Identifier: GPL-2.0-only
-- bully.lua - owns how Wireshark and tshark show the messages of the bully protocol, wire
-- version 2 (Documentation/protocol.rst, "Layout"). A filter is "bully." and the name that
-- the field has there, except for bully.sender and bully.receiver (and their _session).
-- The dissector runs with Lua 5.1 to 5.4, so it uses neither bit operators nor a library
-- for them. It stays one file, although it is long: Wireshark runs every .lua file of a
-- plugin folder on its own and in an order that it does not promise, and people install
-- the dissector by copying one file into their own plugin folder.

local answered, there = pcall(Dissector.get, "bully")
if answered and there then
	return -- it was loaded already, from another folder
end

local MAGIC, VERSION, LENGTH = 0x424c4c59, 2, 256
local FOREVER, EPOCH_END = 2 ^ 32 - 1, 2 ^ 53
local MAX_NODES = 256
local ARROW = " \226\134\146 "

local ELECTION, OK, COORDINATOR, COORDINATOR_ACK, HEARTBEAT = 1, 2, 3, 4, 5
local HEARTBEAT_ACK, REFUSE, RESIGN, HELLO, HELLO_ACK = 6, 7, 8, 9, 10
local TYPES = { "ELECTION", "OK", "COORDINATOR", "COORDINATOR_ACK", "HEARTBEAT", "HEARTBEAT_ACK",
	"REFUSE", "RESIGN", "HELLO", "HELLO_ACK" }
local ANSWERS = { [OK] = true, [COORDINATOR_ACK] = true, [HEARTBEAT_ACK] = true, [REFUSE] = true,
	[HELLO_ACK] = true }
local ROLES = { [0] = "candidate", "witness", "observer" }
local STATES = { [0] = "init", "election", "waiting", "follower", "leader" }
local LEADS = 4
local ANOTHERS, ABSTAINS, LEADS_ITSELF, AHEAD, FULL = 2, 3, 7, 8, 10
local REFUSALS = { [0] = "not asked", "has no meaning", "another's grant lives", "it abstains",
	"the epoch is not above all", "another set of voters", "not shown that it is heard",
	"it claims or leads itself", "its position is ahead", "it hears its leader",
	"it has no place for an unlisted observer" }

local proto = Proto("bully", "Bully Leader Election")
proto.prefs.ports = Pref.range("UDP ports", "28559", "Where every packet is taken for a message of a group", 65535)
proto.prefs.others = Pref.statictext("On other ports a message is known by its first four bytes.", "")

-- ---- Fields ----------------------------------------------------------------------------

local f, fields = {}, {} -- by name, and all
local layout = {} -- those that lie in the message, in the order of its bytes

local function field(name, kind, ...)
	f[name] = ProtoField[kind]("bully." .. name, ...)
	fields[#fields + 1] = f[name]
end

local function at(offset, bytes, name, ...)
	field(name, ...)
	layout[#layout + 1] = { name = name, offset = offset, bytes = bytes }
end

at(0, 4, "magic", "uint32", "Magic", base.HEX)
at(4, 1, "version", "uint8", "Version")
at(5, 1, "type", "uint8", "Type", base.DEC, TYPES)
at(6, 2, "flags", "uint16", "Flags", base.HEX)
at(8, 16, "group", "string", "Group")
at(24, 4, "sender", "uint32", "Sender")
at(28, 4, "receiver", "uint32", "Receiver")
at(32, 8, "sender_session", "uint64", "Sender's session", base.HEX)
at(40, 8, "receiver_session", "uint64", "Receiver's session", base.HEX)
at(48, 8, "seq", "uint64", "Sequence")
at(56, 8, "echo", "uint64", "Echo")
at(64, 8, "epoch", "uint64", "Epoch")
at(72, 8, "reported", "uint64", "Highest epoch reported")
at(80, 4, "leader", "uint32", "Leader")
at(84, 4, "leader_age", "uint32", "Age of the proof that the leader lives", base.UNIT_STRING, { " us" })
at(88, 4, "members", "uint32", "Hash of the voters", base.HEX)
at(92, 4, "roster", "uint32", "Hash of all ids", base.HEX)
at(96, 4, "heartbeat", "uint32", "Heartbeat", base.UNIT_STRING, { " us" })
at(100, 2, "misses", "uint16", "Misses")
at(102, 1, "role", "uint8", "Sender's role", base.DEC, ROLES)
at(103, 1, "state", "uint8", "Sender's state", base.DEC, STATES)
at(104, 4, "lease", "uint32", "Lease", base.UNIT_STRING, { " ms" })
at(108, 4, "remain", "uint32", "Remaining time", base.UNIT_STRING, { " us" })
at(112, 8, "leader_session", "uint64", "Leader's session", base.HEX)
at(120, 4, "alive_age", "uint32", "Age of the oldest proof of who lives", base.UNIT_STRING, { " us" })
at(124, 4, "members_prev", "uint32", "Hash of the voters before the last change", base.HEX)
at(128, 32, "alive", "bytes", "Who lives")
at(160, 4, "key_id", "uint32", "Key id")
at(164, 4, "refusal", "uint32", "Why it does not grant", base.DEC, REFUSALS)
at(168, 4, "priority", "uint32", "Sender's priority")
at(172, 4, "leader_priority", "uint32", "Leader's priority")
at(176, 8, "position_term", "uint64", "Position of the sender's owner: term")
at(184, 8, "position_index", "uint64", "Position of the sender's owner: index")
at(192, 32, "spare", "bytes", "Spare")
at(224, 32, "tag", "bytes", "Tag")

local FLAGS = { "held", "grant", "stands", "duplicate", "alive", "elsewhere", "unlisted" } -- from the lowest bit on
field("flags.held", "bool", "The sender's lease is held", 16, nil, 0x0001)
field("flags.grant", "bool", "The sender grants", 16, nil, 0x0002)
field("flags.stands", "bool", "The sender stands", 16, nil, 0x0004)
field("flags.duplicate", "bool", "Two nodes bear the receiver's id", 16, nil, 0x0008)
field("flags.alive", "bool", "It is said who lives", 16, nil, 0x0010)
field("flags.elsewhere", "bool", "The receiver sends from another address than the configured one", 16, nil, 0x0020)
field("flags.unlisted", "bool", "From or to an unlisted observer", 16, nil, 0x0040)
field("flags.reserved", "uint16", "Reserved", base.HEX, nil, 0xff80)
field("alive.position", "uint16", "Lives: position in rising order of ids")
field("alive.id", "uint32", "Lives: node")
-- what no byte says
field("node", "uint32", "Sender or receiver")
field("drop", "string", "Every receiver drops it, and counts")
field("trailing", "bytes", "Bytes after the message")
field("response_in", "framenum", "Answered in", base.NONE, frametype.RESPONSE)
field("response_to", "framenum", "Answer to", base.NONE, frametype.REQUEST)
field("response_time", "relative_time", "Time from the question to the answer")
field("echo_of", "framenum", "Shows that the sender has heard", base.NONE, frametype.ACK)
proto.fields = fields

-- ---- What is wrong with a message --------------------------------------------------------

local bad, findings = {}, {}
local function finding(name, text, group, severity)
	local e = ProtoExpert.new("bully." .. name, text, group, severity)
	findings[#findings + 1] = e
	return e
end
for _, name in ipairs({ "length", "magic", "version", "type", "flags", "group", "sender", "receiver",
	"sender_session", "receiver_session", "seq", "epoch", "reported", "heartbeat", "misses", "role",
	"state", "lease", "refusal", "tag" }) do
	bad[name] = finding("bad." .. name, "Bad " .. name, expert.group.MALFORMED, expert.severity.ERROR)
end
local odd = finding("odd", "It makes no sense, and is ignored", expert.group.PROTOCOL, expert.severity.WARN)
local twice = finding("duplicate", "Two nodes bear one id", expert.group.PROTOCOL, expert.severity.WARN)
local cut = finding("cut", "The capture has not all of it", expert.group.UNDECODED, expert.severity.NOTE)
local refused = finding("refused", "Refused", expert.group.RESPONSE_CODE, expert.severity.NOTE)
local silence = finding("unanswered", "No answer in this capture", expert.group.SEQUENCE, expert.severity.NOTE)
local change = finding("change", "The leader changes", expert.group.SEQUENCE, expert.severity.CHAT)
proto.experts = findings

local function not_zero(v)
	return v == 0 and "is 0"
end
local function at_most(last)
	return function(v)
		return v > last and "is above " .. last
	end
end
local function within(first, last)
	return function(v)
		return (v < first or v > last) and "is not within " .. first .. " to " .. last
	end
end
local function below_end(v)
	return v >= EPOCH_END and "is above 2^53-1"
end

local function name_trouble(raw)
	local name, rest = raw:match("^(%Z*)(.*)$")
	if name == "" then
		return "is empty"
	elseif #name > 15 then
		return "does not end by NUL"
	elseif rest:find("%Z") then
		return "is not padded with NUL"
	elseif name:find("[%z\1-\32/\127]") then
		return "has a space, a control character or a slash"
	end
	return (name == "." or name == "..") and "is a dot or two"
end

-- The range of each field by itself; W2 knows no other. What is said is what is wrong.
local RANGES = {
	type = within(1, #TYPES),
	flags = function(v) return v >= 0x80 and "has bits that must be 0" end,
	group = name_trouble,
	sender = not_zero, receiver = not_zero, sender_session = not_zero, seq = not_zero,
	receiver_session = function(v, m) return v == 0 and m.type ~= HELLO and "is 0, but in HELLO alone it may be" end,
	epoch = below_end, reported = below_end,
	heartbeat = within(1000, 60000000), misses = within(2, 100),
	role = at_most(2), state = at_most(4), lease = at_most(3600000),
	refusal = function(v) return v == 1 and "is the number of a granted vote" or at_most(#REFUSALS)(v) end,
	tag = function(v, m) return m.key_id == 0 and v:find("%Z") and "is not 0 beside key id 0" end,
}

-- What is in every range but means nothing beside the other fields. A node of ours sends none.
local function oddities(m)
	local told = {}
	local function say(when, text)
		told[#told + 1] = when and text or nil
	end
	local classic, silent = m.lease == 0, m.refusal == 0
	say(m.sender == m.receiver, "it is to the sender itself")
	say(classic and (m.held or m.grant or m.unlisted), "a flag of quorum mode in classic mode")
	say(classic and not silent, "a refusal in classic mode")
	say(m.unlisted and m.type < RESIGN, "an unlisted observer has no part in it")
	say(m.refusal == FULL and not (m.unlisted and m.type == HELLO_ACK), "a place is refused to nobody")
	say(m.grant and not silent, "it grants and refuses")
	say(ANSWERS[m.type] and m.echo == 0, "it answers nothing")
	say(m.type == COORDINATOR and m.leader ~= m.sender, "it claims for somebody else")
	say(not m.says_alive and (m.alive:find("%Z") or m.alive_age ~= 0), "it tells who lives without the flag")
	say(m.remain ~= 0 and m.type ~= HELLO_ACK and (silent or m.refusal > ABSTAINS and m.refusal < LEADS_ITSELF or m.refusal == AHEAD),
		"a remaining time that is none")
	say(m.leader_age ~= 0 and m.type ~= RESIGN and (m.leader == 0 or m.leader == m.sender),
		"an age of nobody, or of its own leadership")
	say(m.leader_priority ~= 0 and m.leader == 0, "the priority of nobody")
	say(m.spare:find("%Z"), "bytes that wire version 2 leaves to later additions")
	say(m.leader_session ~= 0 and m.refusal ~= ANOTHERS and m.type ~= COORDINATOR and m.state ~= LEADS,
		"the session of a leader that it is not")
	return told
end

-- ---- What the messages of a capture say together ------------------------------------------

local asked, linked, own, rosters -- filled in the first pass, in the order of the packets

function proto.init()
	asked, linked, own, rosters = {}, {}, {}, {}
end

-- link(M, PINFO): remembers it as a question, and whose answer it is
local function link(m, pinfo)
	local me = { frame = pinfo.number, time = pinfo.rel_ts }
	local way = table.concat({ m.group, m.sender, m.session, m.receiver }, "\0")
	asked[way] = asked[way] or {}
	-- the same packet seen twice is one question
	asked[way][m.seq] = asked[way][m.seq] or me
	own[me.frame] = asked[way][m.seq]
	local back = asked[table.concat({ m.group, m.receiver, m.session_of_receiver, m.sender }, "\0")]
	local question = m.echo ~= 0 and back and back[m.echo]
	if question then
		linked[me.frame] = question
		if ANSWERS[m.type] then
			question.answer = question.answer or me.frame
		end
	end
end

local function fnv(ids)
	local h = 2166136261
	for _, id in ipairs(ids) do
		for shift = 3, 0, -1 do
			local byte, low, xored, bit = math.floor(id / 256 ^ shift) % 256, h % 256, 0, 1
			h = h - low
			for _ = 1, 8 do
				if byte % 2 ~= low % 2 then
					xored = xored + bit
				end
				byte, low, bit = math.floor(byte / 2), math.floor(low / 2), bit * 2
			end
			h = h + xored
			-- times 2^24 + 403, in parts that a double holds
			h = (h * 403 + h % 256 * 2 ^ 24) % 2 ^ 32
		end
	end
	return h
end

-- Who was seen under this hash of all ids. Where they make that hash they are all of the
-- group, so that a bit of "alive" has a name.
local function roster_of(m, visited)
	local key = m.group .. "\0" .. m.roster
	local r = rosters[key] or { ids = {} }
	rosters[key] = r
	-- a voter does not count an unlisted observer
	for _, id in ipairs(m.unlisted and { m.sender } or { m.sender, m.receiver }) do
		if not visited and not r[id] and #r.ids < MAX_NODES then
			r[id] = true
			r.ids[#r.ids + 1] = id
			r.looked = false
		end
	end
	if not r.looked then
		table.sort(r.ids)
		r.looked, r.whole = true, fnv(r.ids) == m.roster
	end
	return r.whole and r.ids
end

-- ---- Words ---------------------------------------------------------------------------------

local function span(v)
	if v == FOREVER then
		return "71 minutes or more"
	elseif v >= 1000000 then
		return string.format("%.3f s", v / 1000000)
	end
	return v >= 1000 and string.format("%.3f ms", v / 1000) or string.format("%d us", v)
end

local function clock(v)
	return os.date("!%Y-%m-%d %H:%M:%S", math.floor(v / 1000000)) .. string.format(".%06d UTC", v % 1000000)
end

local function id(v)
	return string.format("%d", v)
end

-- Words after a value, where the value alone says little to a person.
local function long(v)
	return v >= 1000 and span(v)
end

local BESIDE = {
	leader = function(v, m)
		if m.type == RESIGN then
			return v == 0 and "no successor" or "the successor"
		end
		return v == 0 and "nobody" or v == m.sender and "the sender"
	end,
	leader_age = long, heartbeat = long, remain = long, alive_age = long,
	epoch = function(v) return v > 0 and clock(v) end,
	reported = function(v) return v > 0 and clock(v) end,
	receiver_session = function(v) return v == 0 and "not known" end,
	lease = function(v) return v == 0 and "classic mode" end,
	members_prev = function(v) return v == 0 and "none" end,
	key_id = function(v) return v == 0 and "no tag" end,
}

local function follows(m)
	if m.leader == 0 then
		return "knows no leader"
	elseif m.leader == m.sender then
		return m.held and "leads, holding" or "leads"
	end
	return "follows " .. id(m.leader) .. ", heard " .. span(m.leader_age) .. " ago"
end

local function votes(m)
	if m.grant then
		return "grants"
	elseif m.refusal ~= 0 then
		return "refuses: " .. (REFUSALS[m.refusal] or id(m.refusal)) ..
			(m.refusal == ANOTHERS and " (" .. id(m.leader) .. ")" or "") ..
			(m.remain ~= 0 and " for " .. span(m.remain) or "")
	end
	return follows(m)
end

local function lives(m)
	return m.says_alive and "; alive: " .. m.who or ""
end

local function epoch(m)
	return "epoch " .. m.epoch_text
end

local SAYS = {
	-- no byte says whether a voter is asked for its vote (election raft), or a higher node if it lives
	[ELECTION] = function(m)
		return m.says_alive and "asks to take over; hears: " .. m.who or
			m.lease == 0 and "are you there?" or "are you there, or with election raft: would you vote?"
	end,
	[OK] = function(m) return (m.stands and "stands, " or "does not stand, ") .. follows(m) end,
	[COORDINATOR] = function(m)
		return epoch(m) .. (m.lease == 0 and " leads" or m.held and " holding" or " claims")
	end,
	[COORDINATOR_ACK] = function(m) return epoch(m) .. " " .. votes(m) end,
	[HEARTBEAT] = function(m) return epoch(m) .. " " .. votes(m) end,
	[HEARTBEAT_ACK] = function(m) return epoch(m) .. " " .. follows(m) .. lives(m) end,
	[REFUSE] = function(m) return epoch(m) .. " " .. votes(m) end,
	[RESIGN] = function(m)
		return epoch(m) .. ((m.state == 0 or m.unlisted) and " leaves" or " steps down") ..
			(m.leader ~= 0 and ", successor " .. id(m.leader) or "")
	end,
	[HELLO] = function(m) return follows(m) .. (m.unlisted and "; asks who leads" or "") end,
	[HELLO_ACK] = function(m)
		return follows(m) .. (m.refusal == FULL and "; has no place for this observer" or "") .. (m.remain ~= 0 and m.refusal == 0 and "; stay a follower for " .. span(m.remain) or "")
	end,
}

-- ---- The dissector ---------------------------------------------------------------------------

-- name_text(RAW): what of the name of a group can be shown; any byte from 128 on may be in it
local function name_text(raw)
	local name = raw:match("^%Z*")
	local rest = name:gsub("[\194-\223][\128-\191]", ""):gsub("[\224-\239][\128-\191][\128-\191]", "")
	if rest:gsub("[\240-\244][\128-\191][\128-\191][\128-\191]", ""):find("[\128-\255]") then
		name = name:gsub("[\128-\255]", "?") -- no UTF-8
	end
	return name
end

-- show_alive(M, TVB, ITEM, IDS): the bits one by one; returns them in a line
local function show_alive(m, tvb, item, ids)
	local told = {}
	for byte = 0, 31 do
		local v, position = m.alive:byte(byte + 1), byte * 8
		while v > 0 do
			if v % 2 == 1 then
				item:add(f["alive.position"], tvb(128 + byte, 1), position)
				local node = ids and ids[position + 1]
				if node then
					item:add(f["alive.id"], tvb(128 + byte, 1), node)
				end
				told[#told + 1] = node and id(node) or "#" .. position
			end
			v, position = math.floor(v / 2), position + 1
		end
	end
	return #told > 0 and table.concat(told, " ") or "nobody"
end

-- read(TVB, TREE, FROM, TO, M, ITEMS): these rows of the layout as far as they are there, each
-- with what is wrong with it; returns the names of those that are bad
local function read(tvb, tree, from, to, m, items)
	local wrong, have = {}, tvb:captured_len()
	for n = from, to do
		local row = layout[n]
		if have < row.offset + row.bytes then
			break
		end
		local range, name = tvb(row.offset, row.bytes), row.name
		local item = name == "group" and tree:add(f[name], range, name_text(range:raw())) or tree:add(f[name], range)
		items[name] = item
		if row.bytes == 8 then
			-- a double has 53 bits: enough for ranges, and what is only compared is text
			m[name], m[name .. "_text"] = range:uint64():tonumber(), tostring(range:uint64())
		else
			m[name] = row.bytes > 8 and range:raw() or range:uint()
		end
		if name == "flags" then
			for bit, flag in ipairs(FLAGS) do
				item:add(f["flags." .. flag], range)
				m[flag == "alive" and "says_alive" or flag] = math.floor(m.flags / 2 ^ (bit - 1)) % 2 == 1
			end
			item:add(f["flags.reserved"], range)
		end
		local trouble = RANGES[name] and RANGES[name](m[name], m)
		local words = not trouble and BESIDE[name] and BESIDE[name](m[name], m)
		if trouble then
			item:add_proto_expert_info(bad[name], "Bad " .. name .. ": it " .. trouble)
			wrong[#wrong + 1] = name
		elseif words then
			item:append_text(" (" .. words .. ")")
		end
	end
	return wrong
end

local function generated(tree, ...)
	local item = tree:add(...)
	item:set_generated()
	return item
end

-- together(M, TREE, PINFO): what other packets of the capture have to do with it
local function together(m, tree, pinfo)
	if not pinfo.visited then
		link(m, pinfo)
	end
	local question, me = linked[pinfo.number], own[pinfo.number]
	if question and ANSWERS[m.type] then
		generated(tree, f.response_to, question.frame)
		local passed = pinfo.rel_ts - question.time
		if passed >= 0 then
			local whole = math.floor(passed)
			generated(tree, f.response_time, NSTime.new(whole, math.floor((passed - whole) * 1e9 + 0.5)))
		end
	elseif question then
		generated(tree, f.echo_of, question.frame)
	end
	if me and me.answer and me.frame == pinfo.number then
		generated(tree, f.response_in, me.answer)
	elseif pinfo.visited and me and not me.answer and (m.type == HEARTBEAT or m.type == HELLO) then
		tree:add_proto_expert_info(silence)
	end
end

-- what a whole message says; returns the line for the list of packets
local function explain(m, items, tvb, tree, pinfo)
	m.group = name_text(m.group)
	m.session, m.session_of_receiver = m.sender_session_text, m.receiver_session_text
	m.seq, m.echo = m.seq < EPOCH_END and m.seq or m.seq_text, m.echo < EPOCH_END and m.echo or m.echo_text
	generated(tree, f.node, m.sender)
	generated(tree, f.node, m.receiver)
	local ids = roster_of(m, pinfo.visited)
	m.who = show_alive(m, tvb, items.alive, m.says_alive and ids)
	items.alive:append_text(m.says_alive and " (" .. m.who .. ")" or "")
	together(m, tree, pinfo)
	for _, text in ipairs(oddities(m)) do
		tree:add_proto_expert_info(odd, "Odd: " .. text)
	end
	local line = SAYS[m.type](m)
	if m.duplicate then
		items.flags:add_proto_expert_info(twice, "Another node bears the id of the receiver, " .. id(m.receiver))
		line = line .. "; ANOTHER NODE BEARS YOUR ID"
	end
	if m.refusal ~= 0 then
		items.refusal:add_proto_expert_info(refused, "It " .. votes(m))
	elseif m.type == COORDINATOR or m.type == RESIGN and not m.unlisted then
		tree:add_proto_expert_info(change, TYPES[m.type] .. " of " .. id(m.sender) .. ": " .. line)
	end
	return TYPES[m.type] .. " " .. id(m.sender) .. ARROW .. id(m.receiver) .. " [" .. m.group .. "] " .. line
end

-- what can be said of a message that is none
local function bad_line(m)
	return (TYPES[m.type] and ": " .. TYPES[m.type] or "") ..
		(m.receiver and " " .. id(m.sender) .. ARROW .. id(m.receiver) or "")
end

function proto.dissector(tvb, pinfo, tree)
	local have, length = tvb:captured_len(), tvb:reported_len()
	pinfo.cols.protocol:set("BULLY")
	local top = have > 0 and tree:add(proto, tvb()) or tree:add(proto)
	local m, items, wrong = {}, {}, {}
	local drop = length ~= LENGTH and "length"
	if drop then
		top:add_proto_expert_info(bad.length, "Bad length: " .. length .. " bytes, not " .. LENGTH)
	end
	if have < length then
		top:add_proto_expert_info(cut)
	end
	read(tvb, top, 1, 2, m, items)
	if m.magic and m.magic ~= MAGIC then
		items.magic:add_proto_expert_info(bad.magic, 'Bad magic: it is not "BLLY"')
		drop = drop or "magic"
	elseif m.version and m.version ~= VERSION then
		items.version:add_proto_expert_info(bad.version, "Bad version: " .. m.version .. " is not known here")
		drop = drop or "version"
	else
		wrong = read(tvb, top, 3, #layout, m, items)
		drop = drop or #wrong > 0 and "malformed"
	end
	if have > LENGTH then
		top:add(f.trailing, tvb(LENGTH))
	end
	local line
	if drop then
		generated(top, f.drop, drop)
		line = "BAD " .. drop .. (#wrong > 0 and " (" .. table.concat(wrong, ", ") .. ")" or "") .. bad_line(m)
	else
		line = have < LENGTH and "cut short" .. bad_line(m) or explain(m, items, tvb, top, pinfo)
	end
	top:append_text(", " .. line)
	pinfo.cols.info:set(line)
	return have
end

-- ---- Where it is called ------------------------------------------------------------------------

local udp, ports = DissectorTable.get("udp.port"), ""

local function listen()
	if ports ~= "" then
		udp:remove(ports, proto)
	end
	ports = proto.prefs.ports
	if ports ~= "" then
		udp:add(ports, proto)
	end
end
proto.prefs_changed = listen
listen()
udp:add_for_decode_as(proto)

proto:register_heuristic("udp", function(tvb, pinfo, tree)
	if tvb:captured_len() < 5 or tvb(0, 4):uint() ~= MAGIC then
		return false
	end
	proto.dissector(tvb, pinfo, tree)
	return true
end)
