/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models quorum mode with three voters, each of which may claim: Q1 (never two valid leases at once)
 * and Q2 (an epoch belongs to one leadership of one session, and the next leader's epoch is higher).
 * tests/model/run checks the model, and that each broken variant below is refuted.
 * Documentation/safety.rst explains the rules R1 to R13 and what follows from the model.
 *
 * Time. Let D be T/(1+rho), in real time. Clocks that keep within rho have two consequences and no
 * other: a holder has stopped using a grant before D has passed since it sent the message which that
 * grant echoes (it counts T(1-rho)/(1+rho), less a guard), and what a voter waits out, its timer or
 * the abstention, has not ended before D has passed. So there is one constant, and nothing matters
 * but the order of starts and of ends; and ends come in the order of their starts. A mark is an
 * instant, less than D ago, at which something was started. Marks count from 1, the oldest; what was
 * started has its mark, and 0 when D has passed. Time passes by the end of the oldest mark, and
 * then all numbers fall by one. What starts does so at the youngest mark or makes a new one. So every
 * order that such clocks allow is in the model, no tick is assumed, and there is one bound: MARKS
 * different instants within one D. Of what ends in one instant the holder's lease ends first.
 *
 * Messages are lost, doubled, late and out of order without bound:
 * - What was sent can arrive at any later time, any number of times, or never: it is a state, not a
 *   channel. Of the asks of one claim (COORDINATOR, the leader's answers) the newest is always the
 *   one that arrives: it is worth most to its holder, and the voter does the same in answer to each.
 * - A grant arrives at once. Late or lost it is worth less, and no rule but the lease depends on it.
 *   (-DTRANSIT has grants that are late, lost, doubled, out of order.)
 * - Asks of a claim that has ended are lost: a voter that granted one would only refuse more.
 * - A voter's grant ends with the claim that it was for, even if that ended by a crash. A RESIGN
 *   that is late or lost means no more than that the voter refuses others for longer; and to refuse is
 *   to lose the ask. For the same reason no timer is late, and nobody is down: that is silence.
 * Each of these leaves the model able to do all that the nodes can do, as far as Q1 and Q2 can see,
 * and some things more.
 *
 * Crashes have no bound. A node that restarts has forgotten all; but the floor of R5 is modelled by
 * what is assumed of it: the wall clock at a voter's restart is not behind what it granted before.
 * EPOCHS bounds the claims that can follow each other. A node claims any epoch above its own former
 * ones and above what its own voter granted.
 * The set of voters is fixed here: sets.pml is about R7.
 *
 * Elections. A node that does not claim may claim at any time, with any such epoch, whatever others
 * do (CLAIM below has no other guard). So the model does not depend on which node claims and when, and
 * both elections are in it: E5 to E7 of Bully, and F2, F3 and F5 of Raft only choose among these
 * claims. The question of F3 and its answers start no timer, and change no grant, epoch or claim: they
 * are no step here. A voter that is ahead refuses (F4), and to refuse is to lose the ask. A hand-over
 * (F6) is a RESIGN and then a claim. So what is proved here holds for Raft's election as it is.
 */
#ifndef MARKS
#define MARKS 2
#endif
#ifndef EPOCHS
#define EPOCHS 3
#endif
#if MARKS > 3 || EPOCHS > 4 || (defined(TRANSIT) && MARKS > 2)
#error not written for so many
#endif
#define NONE 3

#ifdef NO_MAJORITY
#define MAJORITY 1
#else
#define MAJORITY 2
#endif

/* a holder */
bit claims[3];
byte claim[3];		/* epoch, also of the last claim */
byte asks[3];		/* when the holder's newest claim or answer was sent */
byte lease[9];		/* [3 * holder + voter]: from when this grant counts */
#ifdef RESIGN_ANY
bit said[3];		/* a RESIGN of this session is in transit */
#endif
#ifdef TRANSIT
byte grants[9];		/* [3 * holder + voter] in transit: a bit for each mark that they echo */
#endif

/* a voter */
byte to[3] = NONE;	/* holder of its grant; NONE also where that claim has ended */
byte high[3];		/* epoch of the last grant; after a restart the floor */
byte timer[3];		/* when the voter's timer was started */
byte abstains[3];	/* since when the voter abstains */

byte marks;		/* the number of marks */
byte top;		/* the highest epoch of a leader so far */
byte who = NONE;	/* the leader with this epoch, while its claim lasts */
#ifdef FOLLOWED
byte terms;		/* the number of leaderships so far */
#endif

hidden byte i, j, n;

#define BIT(x) (1 << (x))
#define LEADS(h) (claims[h] && \
	(lease[3*(h)] > 0) + (lease[3*(h)+1] > 0) + (lease[3*(h)+2] > 0) >= MAJORITY)	/* R1 */

/* True if voter v grants what h claims. A node's vote for itself is a grant like any other. */
#define SAME(v, h) (to[v] == h && high[v] == claim[h])
#ifdef GRANT_TWICE
#define FREE(v) 1
#else
#define FREE(v) (timer[v] == 0)				/* R2 */
#endif
#ifdef NOT_ABOVE
#define ABOVE(v, e) 1
#else
#define ABOVE(v, e) ((e) > high[v])			/* R5 */
#endif
#define ABSTAINS(v) (abstains[v] > 0)			/* R4 */
#define WILLING(v, h) (claims[h] && !ABSTAINS(v) && (SAME(v, h) || (FREE(v) && ABOVE(v, claim[h]))))

/* R3: the time from which a grant that echoes the newest message counts. */
#ifdef NO_MARGIN
#define COUNTED(h) (asks[h] && asks[h] < MARKS -> asks[h] + 1 : asks[h])
#else
#define COUNTED(h) asks[h]
#endif

inline get_ask(v, h, now) {
#ifdef TRANSIT
	grants[3*h+v] = grants[3*h+v] | BIT(COUNTED(h));
#else
	if :: lease[3*h+v] < COUNTED(h) -> lease[3*h+v] = COUNTED(h) :: else fi;
#endif
#ifdef OLD_TIMER_NEW_ECHO
	if :: timer[v] > 0 && SAME(v, h) -> skip :: else -> timer[v] = now fi;
#else
	timer[v] = now;
#endif
	to[v] = h; high[v] = claim[h]
}

inline free(v) { to[v] = NONE; timer[v] = 0 }

inline resigned(h) {
	if :: to[0] == h -> free(0) :: else fi;
	if :: to[1] == h -> free(1) :: else fi;
	if :: to[2] == h -> free(2) :: else fi
}

inline stop(h) {
	claims[h] = 0; asks[h] = 0;
	lease[3*h] = 0; lease[3*h+1] = 0; lease[3*h+2] = 0;
#ifdef TRANSIT
#ifndef ANY_EPOCH
	grants[3*h] = 0; grants[3*h+1] = 0; grants[3*h+2] = 0;
#endif
#endif
	if :: who == h -> who = NONE :: else fi
}

inline start(h, e, now) { claims[h] = 1; claim[h] = e; asks[h] = now }
inline repeat(h, now) { asks[h] = now }

/* R6: first the holder stops leading, then it sends RESIGN. */
inline resign(h) {
	resigned(h);
#ifdef RESIGN_ANY
	said[h] = 1;
#endif
#ifndef RESIGN_BEFORE_STOP
	stop(h)
#endif
}

inline crash(h, now) {
	resigned(h);
	stop(h);
	claim[h] = 0;
#ifdef RESIGN_ANY
	said[h] = 0;
#endif
#ifdef TRANSIT
	grants[3*h] = 0; grants[3*h+1] = 0; grants[3*h+2] = 0;
#endif
	free(h);
#ifdef NO_FLOOR
	high[h] = 0;
#endif
#ifndef NO_ABSTENTION
	abstains[h] = now
#endif
}

/* All marks above i fall by one. */
#define FALL(x) if :: x > i -> x-- :: else fi
inline fall() {
	for (j : 0 .. 2) { FALL(timer[j]); FALL(abstains[j]); FALL(asks[j]) }
	for (j : 0 .. 8) { FALL(lease[j]) }
#ifdef TRANSIT
	for (j : 0 .. 8) { grants[j] = (grants[j] & (BIT(i + 1) - 1)) | ((grants[j] >> (i + 1)) << i) }
#endif
}

/*
 * No rule depends on an id, so states that differ only in the names of the nodes are the same state:
 * the nodes are sorted, as far as this key distinguishes them.
 */
#define KEY(h) ((((((claims[h] * 8 + claim[h]) * 4 + asks[h]) * 8 + high[h]) * 4 + timer[h]) * 4 + \
	abstains[h]) * 8 + lease[4*(h)] * 2 + (who == h))
#define SWAP(x, y) n = x; x = y; y = n
#define RENAME(x, a, b) if :: x == a -> x = b :: x == b -> x = a :: else fi
inline order(a, b, c) {
	if
	:: KEY(a) < KEY(b) ->
		SWAP(claim[a], claim[b]); SWAP(asks[a], asks[b]); SWAP(high[a], high[b]);
		SWAP(timer[a], timer[b]); SWAP(abstains[a], abstains[b]); SWAP(to[a], to[b]);
		SWAP(claims[a], claims[b]);
		SWAP(lease[4*a], lease[4*b]); SWAP(lease[3*a+b], lease[3*b+a]);
		SWAP(lease[3*a+c], lease[3*b+c]); SWAP(lease[3*c+a], lease[3*c+b]);
#ifdef TRANSIT
		SWAP(grants[4*a], grants[4*b]); SWAP(grants[3*a+b], grants[3*b+a]);
		SWAP(grants[3*a+c], grants[3*b+c]); SWAP(grants[3*c+a], grants[3*c+b]);
#endif
#ifdef RESIGN_ANY
		SWAP(said[a], said[b]);
#endif
		RENAME(to[0], a, b); RENAME(to[1], a, b); RENAME(to[2], a, b); RENAME(who, a, b)
	:: else
	fi
}

inline check(h) {
	if
	:: LEADS(h) ->
		assert(claim[h] >= top);			/* Q2 */
		assert(claim[h] > top || who == h);		/* Q2 */
#ifdef FOLLOWED
		if :: claim[h] > top -> terms++ :: else fi;
		assert(terms < 3);				/* the model can do something */
#endif
		top = claim[h]; who = h
	:: else
	fi
}

/* After each step: unused marks are removed, and both promises are checked. */
inline settle() {
	n = 0;
	for (j : 0 .. 2) {
		n = n | BIT(timer[j]) | BIT(abstains[j]) | BIT(asks[j]);
		if :: !claims[j] && claim[j] <= high[j] -> claim[j] = 0 :: else fi
	}
	for (j : 0 .. 8) { n = n | BIT(lease[j]) }
#ifdef TRANSIT
	for (j : 0 .. 8) {
#ifndef COUNT_FROM_RECEIPT
		grants[j] = grants[j] & (255 << (lease[j] + 1));	/* those are worth nothing */
#endif
		n = n | grants[j]
	}
#endif
	i = MARKS; marks = 0;
	do
	:: i == 0 -> break
	:: i > 0 && (n & BIT(i)) -> marks++; i--
	:: else -> fall(); i--
	od;
	n = LEADS(0) + LEADS(1) + LEADS(2);
	assert(n <= 1);						/* Q1 */
	check(0); check(1); check(2);
	order(0, 1, 2); order(1, 2, 0); order(0, 1, 2);
	i = 0; j = 0; n = 0
}

/* A start happens at the youngest mark, or makes a new mark. */
#define NOW(guard, step, ...) \
	:: d_step { marks > 0 && guard -> step(__VA_ARGS__, marks); i = 0 } \
	:: d_step { marks < MARKS && guard -> step(__VA_ARGS__, marks + 1); i = 0 }

#define CLAIM(h, e) NOW(!claims[h] && e <= EPOCHS && e > claim[h] && e > high[h], start, h, e)
#define GET_ASK(v, h) NOW(WILLING(v, h), get_ask, v, h)
#ifdef TRANSIT
#ifdef COUNT_FROM_RECEIPT
inline get_grant(h, v, now) { lease[3*h+v] = now }
#define GET_GRANT(h, v) NOW(claims[h] && grants[3*h+v], get_grant, h, v)
#define GET_GRANTS(h) GET_GRANT(h, 0) GET_GRANT(h, 1) GET_GRANT(h, 2)
#else
#define GET_GRANT(h, v, x) :: d_step { claims[h] && (grants[3*h+v] & BIT(x)) -> \
	if :: lease[3*h+v] < x -> lease[3*h+v] = x :: else fi; i = 0 }
#define GET_GRANTS(h) GET_GRANT(h, 0, 1) GET_GRANT(h, 0, 2) GET_GRANT(h, 1, 1) GET_GRANT(h, 1, 2) \
	GET_GRANT(h, 2, 1) GET_GRANT(h, 2, 2)
#endif
#else
#define GET_GRANTS(h)
#endif
#ifdef RESIGN_ANY
#define GET_RESIGN(h) \
	:: d_step { said[h] && (to[0] == h || to[1] == h || to[2] == h) -> resigned(h); i = 0 }
#else
#define GET_RESIGN(h)
#endif

#define HOLDER(h) CLAIM(h, 1) CLAIM(h, 2) CLAIM(h, 3) CLAIM(h, 4) NOW(claims[h], repeat, h) \
	GET_ASK(0, h) GET_ASK(1, h) GET_ASK(2, h) GET_GRANTS(h) GET_RESIGN(h) \
	:: d_step { claims[h] -> resign(h); i = 0 } NOW(true, crash, h)

init {
end:	do
	:: atomic {
		if
		HOLDER(0)
		HOLDER(1)
		HOLDER(2)
		:: d_step { marks > 0 -> i = 0; fall(); i = 0 }
		fi;
		d_step { settle() }
	}
	od
}
