/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models R7, changes of the set of voters: Q1 with three nodes and the sets {0}, {0, 1} and {0, 1, 2},
 * called 1, 2 and 3 by their sizes. Operators change the set on each node in turn, one voter at a time.
 * All nodes make the same changes in the same order, each at its own time. A set may return, and its
 * hash with it. With -DOPPOSED the changes of each node are free.
 * A grant and the lease on it end in one step, at any time: quorum.pml shows that this is valid.
 * A node is seen with its present set: by an answer to a message sent since the own last change.
 * Restarts with another set are not modelled: the operator promises that there are none.
 */
#define NONE 3
#ifndef HISTORY
#define HISTORY { 3, 2, 1, 2, 3 }
#define CHANGES 4
#endif
byte history[CHANGES + 1] = HISTORY;
byte at[3];		/* the number of changes that the node has made */
byte set[3];
byte before[3];		/* the set before the last change; equal to set when the change is settled */
byte seen[3];		/* bits: nodes seen with the present set since the last change */
byte ahead[3];		/* bits: nodes seen one change further since then */
byte to[3] = NONE;	/* voter: the holder of its grant */
byte with[3];		/* the voter's set when it granted */

hidden byte i, leaders;

#define MAJORITY(s) ((s) / 2 + 1)
#define NEAR(a, b) ((a) == (b) || (a) + 1 == (b) || (b) + 1 == (a))
#define MAX(a, b) ((a) > (b) -> (a) : (b))
#define VOTERS(m, s) (((m) & 1) + ((s) > 1 && ((m) & 2)) + ((s) > 2 && ((m) & 4)))

/* A leader needs a majority of the largest of its set, its former set until settled, its voters' sets. */
#ifdef CROSSED_ONLY
#define SPAN(h) set[h]
#else
#define SPAN(h) MAX(set[h], before[h])
#endif
#define COUNTS(v, h) (to[v] == h && v < with[v])
#define LARGEST(v, h) (COUNTS(v, h) -> with[v] : 0)
#define LEADS(h) (h < set[h] && COUNTS(0, h) + COUNTS(1, h) + COUNTS(2, h) >= \
	MAJORITY(MAX(MAX(SPAN(h), LARGEST(0, h)), MAX(LARGEST(1, h), LARGEST(2, h)))))

/* Grants are within one set, or between two sets if one of the two nodes knows both. */
#define KNOWS(v, s) (set[v] == (s) || before[v] == (s))
#ifdef ANY_SET
#define ACCEPTS(v, h) 1
#else
#define ACCEPTS(v, h) (NEAR(set[v], set[h]) && (KNOWS(v, set[h]) || KNOWS(h, set[v])))
#endif

/* A voter with a grant under another set neither changes again nor counts as seen before its end. */
#ifdef NO_RUN_OUT
#define RAN_OUT(h) 1
#else
#define RAN_OUT(h) (to[h] == NONE || with[h] == set[h])
#endif

/*
 * A node makes no further change before it has seen a majority of its former set with the present
 * set, or with the next set, if they changed to it from the present one.
 */
#ifdef NO_WAIT
#define SETTLED(h) 1
#else
#define SETTLED(h) (set[h] == before[h] || \
	VOTERS(seen[h] | ahead[h], before[h]) >= MAJORITY(before[h]))
#endif
#define NEXT(h) (at[h] < CHANGES -> history[at[h] + 1] : 0)
#ifdef FOLLOW_ANY
#define GOES_BEFORE(p, h) 1
#else
#define GOES_BEFORE(p, h) (set[p] == NEXT(h) && before[p] == set[h] && RAN_OUT(p))
#endif

#define GRANT(v, h) :: d_step { to[v] == NONE && v < set[v] && h < set[h] && ACCEPTS(v, h) -> \
	to[v] = h; with[v] = set[v] }
#define END(v) :: d_step { to[v] != NONE -> to[v] = NONE; with[v] = 0 }
#define SEE(h, p) \
	:: d_step { set[p] == set[h] && RAN_OUT(p) && set[h] != before[h] && !(seen[h] & (1 << p)) -> \
	seen[h] = seen[h] | (1 << p); \
	if \
	:: VOTERS(seen[h], before[h]) >= MAJORITY(before[h]) -> before[h] = set[h]; seen[h] = 0; ahead[h] = 0 \
	:: else \
	fi; \
	i = 0 }

#define SEE_AHEAD(h, p) \
	:: d_step { p != h && set[h] != before[h] && set[p] != set[h] && GOES_BEFORE(p, h) && \
	!(ahead[h] & (1 << p)) -> ahead[h] = ahead[h] | (1 << p) }

/* R1: grants that the node got under its former set no longer count. */
inline change(h, s) {
	before[h] = set[h]; set[h] = s; seen[h] = 0; ahead[h] = 0;
	for (i : 0 .. 2) { if :: to[i] == h -> to[i] = NONE; with[i] = 0 :: else fi }
	i = 0
}
#ifdef OPPOSED
#define AHEADS(h)	/* no node knows the next set */
#define CHANGE(h) \
	:: d_step { SETTLED(h) && RAN_OUT(h) && set[h] < 3 -> change(h, set[h] + 1) } \
	:: d_step { SETTLED(h) && RAN_OUT(h) && set[h] > 1 -> change(h, set[h] - 1) }
#else
#define AHEADS(h) SEE_AHEAD(h, 0) SEE_AHEAD(h, 1) SEE_AHEAD(h, 2)
#define CHANGE(h) \
	:: d_step { SETTLED(h) && RAN_OUT(h) && at[h] < CHANGES -> at[h]++; change(h, history[at[h]]) }
#endif

#define NODE(h) GRANT(0, h) GRANT(1, h) GRANT(2, h) END(h) SEE(h, 0) SEE(h, 1) SEE(h, 2) \
	AHEADS(h) CHANGE(h)

init {
	d_step {
		for (i : 0 .. 2) { set[i] = history[0]; before[i] = set[i] }
		i = 0
	}
end:	do
	:: atomic {
		if
		NODE(0)
		NODE(1)
		NODE(2)
		fi;
		leaders = LEADS(0) + LEADS(1) + LEADS(2);
		assert(leaders <= 1);		/* Q1 */
#ifdef FOLLOWED
		assert(!(LEADS(0) && at[0] == CHANGES && at[1] == CHANGES && at[2] == CHANGES))
#endif
	}
	od
}
