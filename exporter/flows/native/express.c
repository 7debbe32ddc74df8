/* The express lane: the usual datagrams of a batch are checked and their flow records summed, in one pass.
 *
 * Comes in: a batch as the kernel wrote it, and tables of what Python knows (routes, streams, plans, prefixes). Goes out:
 * sums by OPD, what each stream got, and the first datagram that is not usual, which Python then takes and calls again.
 * Nothing is allocated and nothing of Python is called. Each offset is compared with the length of what it is of: the
 * datagram is hostile; the tables are Python's own.
 *
 * The NumPy code (exporter/flows/account) is the other way to the same sums, and says why each rule is as it is.
 */
#include <stdint.h>
#include <string.h>

typedef unsigned __int128 wide;

enum { HEAD_BYTES = 64, MOST_SETS = 32, ENDS = 4, SHORTEST = 24, PACKET_BITS = 34, IP_BITS = 16 };
/* Why the pass ended before a datagram (exporter/flows/native/library.py has the same numbers). */
enum { DONE, ODD, UNKNOWN, COPY, OUT_OF_PLACE, FULL };
enum { STRANGER = -2 };

/* A field of a record: where it begins and its length; no length: there is none. */
struct field { uint64_t at, length; };

/* What records of one layout, rate and exporter's settings mean. ``unit``: milliseconds of the two times. */
struct plan {
    uint64_t size, counts, rate, divisor, internal, uplink_at, uplinks, unit;
    struct field bytes, packets, first, last, input, output;
    struct field source[ENDS], target[ENDS];
    /* For the history: whether its keys can be made here, how many ends are those before NAT, and the other fields. */
    uint64_t keys, source_before, target_before;
    struct field source_port, target_port, protocol, source_as, target_as;
};

/* Open addressing: a source, version, domain and set number, and what they lead to; ``stream`` -1: nothing (any more). */
struct route { uint64_t high, low; int64_t stream, number; };

/* A stream: where it stands (``expected`` -1: not known; ``when``: when its last datagram came), and what was added to
 * it since Python took that out. ``touched``: it stands in the list of those. */
struct stream {
    int64_t version, port, sampling, expected, stamp, sequence, last;
    double when;
    int64_t touched, moved, datagrams, records, absurd, longest;
};

struct sums { uint64_t high, low; };

/* An address as two words in the bytes' own order; IPv4 is mapped into IPv6 (history/key_sums.py). */
struct words { uint64_t first, second; };

struct call {
    /* The batch. */
    const uint8_t *data; uint64_t stride, width, count;
    const int64_t *lengths, *ports, *origin, *exporter; double now;
    /* The tables. */
    struct route *routes; uint64_t mask;
    struct stream *streams; const struct plan *plans; const int64_t *plan_of_route; const uint64_t *uplinks;
    const uint8_t *wide_blocks; const uint16_t *blocks, *pages;
    const uint64_t *halves; const int32_t *owner; const uint8_t *divided; uint64_t half_count;
    const uint8_t *first; const int32_t *exact; uint64_t first_count;
    /* How. ``accept``: a datagram that may be out of place; ``single``: one that is no copy. */
    uint64_t counting, copies; int64_t accept, single;
    /* Where the history's keys go, if any do: columns of words, ``key_column`` rows apart, from ``key_end`` on. */
    uint64_t *key_words, *key_hashes, *key_amounts, key_column, key_end, key_limit;
    /* What comes out. ``group``: the route of a datagram that is not counted here; ``begin`` and ``end`` of its set. */
    int64_t *group, *begin, *end, *touched; uint64_t *cells;
    uint64_t row, touched_count, set_number, strangers, events, counted;
    uint64_t aside_internal, aside_uplink, stop_stream, stop_units, stop_stamp, stop_sequence;
    struct sums reported, reported_packets, through, through_packets, unassigned, internal, not_uplink;
};

static inline uint64_t be16(const uint8_t *p) { return (uint64_t)p[0] << 8 | p[1]; }
static inline uint64_t be32(const uint8_t *p) { uint32_t n; memcpy(&n, p, 4); return __builtin_bswap32(n); }
static inline uint64_t be64(const uint8_t *p) { uint64_t n; memcpy(&n, p, 8); return __builtin_bswap64(n); }
static inline uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static inline uint64_t number(const uint8_t *record, struct field field)
{
    const uint8_t *p = record + field.at;
    uint64_t sum = 0;
    if (field.length == 4) return be32(p);
    if (field.length == 8) return be64(p);
    for (uint64_t place = 0; place < field.length; place++) sum = sum << 8 | p[place];
    return sum;
}

static inline void add(struct sums *sums, wide amount)
{
    wide sum = ((wide)sums->high << 64 | sums->low) + amount;
    sums->high = (uint64_t)(sum >> 64);
    sums->low = (uint64_t)sum;
}

/* The OPD of an IPv4 address (prefix_lookup.Table4). */
static inline int64_t owner4(const struct call *c, uint64_t address)
{
    /* A bit for each /16: 8 kB that stay in the first cache say of most strangers what the table of 32 MB would. */
    if (!(c->wide_blocks[address >> 19] >> (address >> 16 & 7) & 1)) return -1;
    uint64_t cell = c->blocks[address >> 8];
    if (cell & 0x8000) cell = c->pages[(cell & 0x7FFF) << 8 | (address & 0xFF)];
    return (int64_t)cell - 1;
}

/* The OPD of an IPv6 address (prefix_lookup.Ranges6): the last range that begins at or before it. */
static int64_t owner6(const struct call *c, const uint8_t *address)
{
    uint64_t half = be64(address), low = 0, high = c->half_count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (c->halves[middle] <= half) low = middle + 1; else high = middle;
    }
    if (low == 0) return -1;
    if (!c->divided[low - 1]) return c->owner[low - 1];
    low = 0, high = c->first_count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (memcmp(c->first + 16 * middle, address, 16) <= 0) low = middle + 1; else high = middle;
    }
    return low == 0 ? -1 : c->exact[low - 1];
}

static inline int64_t owner_of(const struct call *c, const uint8_t *record, const struct field *ends)
{
    int64_t opd = -1;
    for (int place = 0; place < ENDS && ends[place].length && opd < 0; place++)
        opd = ends[place].length == 4 ? owner4(c, be32(record + ends[place].at)) : owner6(c, record + ends[place].at);
    return opd;
}

/* Milliseconds, bounded before they are multiplied (durations.py). */
static inline uint64_t lasted(const struct plan *plan, const uint8_t *record)
{
    uint64_t began = number(record, plan->first), ended = number(record, plan->last);
    return ended > began ? least(ended - began, ((uint64_t)1 << 32) * 1000 / plan->unit) * plan->unit : 0;
}

/* odd_amounts.py: what no network can have counted, and a counter of 32 bits that fell below nothing. */
static const uint64_t MOST_BYTES = (uint64_t)1 << 50, MOST_PACKETS = (uint64_t)1 << 40, MOST_RATE = (uint64_t)1 << 30;
static const uint64_t NEGATIVE = ((uint64_t)1 << 32) - ((uint64_t)1 << 20), END = (uint64_t)1 << 32;

static inline int negative(uint64_t amount) { return amount >= NEGATIVE && amount < END; }

static inline int absurd(uint64_t size, uint64_t packets)
{
    if (size < NEGATIVE && packets < NEGATIVE) return 0;
    return size > MOST_BYTES || packets > MOST_PACKETS || (packets && size >> PACKET_BITS >= packets)
        || (packets && negative(size) && size >> IP_BITS > packets) || (size && negative(packets) && size < packets);
}

static inline int any(const uint8_t *p, uint64_t length)
{
    for (uint64_t place = 0; place < length; place++) if (p[place]) return 1;
    return 0;
}

static int through_uplink(const struct call *c, const struct plan *plan, const uint8_t *record)
{
    uint64_t in = number(record, plan->input), out = number(record, plan->output);
    for (uint64_t place = 0; place < plan->uplinks; place++) {
        uint64_t uplink = c->uplinks[plan->uplink_at + place];
        if ((plan->input.length && in == uplink) || (plan->output.length && out == uplink)) return 1;
    }
    return 0;
}

static const uint64_t MAPPED = 0xFFFF0000, MULTIPLIER = 0xBF58476D1CE4E5B9;

/* The first of the fields that is not zero (history/minute.py). */
static struct words address_of(const uint8_t *record, const struct field *ends, uint64_t from, uint64_t to)
{
    struct words address = {0, 0};
    for (uint64_t place = from; place < to && ends[place].length && !(address.first | address.second); place++) {
        const uint8_t *p = record + ends[place].at;
        uint32_t four = 0;
        if (ends[place].length != 4) {
            memcpy(&address, p, 16);
            continue;
        }
        memcpy(&four, p, 4);
        if (four) address.second = (uint64_t)four << 32 | MAPPED;
    }
    return address;
}

static int64_t owner_of_words(const struct call *c, struct words address)
{
    if (!address.first && (uint32_t)address.second == MAPPED)
        return owner4(c, __builtin_bswap32((uint32_t)(address.second >> 32)));
    return owner6(c, (const uint8_t *)&address);
}

/* Before NAT, or after it where only that one is an office's. */
static struct words end_of(const struct call *c, const uint8_t *record, const struct field *ends, uint64_t before)
{
    struct words address = address_of(record, ends, 0, before);
    if (before < ENDS && ends[before].length && owner_of_words(c, address) < 0) {
        struct words other = address_of(record, ends, before, ENDS);
        if (owner_of_words(c, other) >= 0) return other;
    }
    return address;
}

static void add_key(struct call *c, struct words host, struct words remote, uint64_t opd, uint64_t service, uint64_t amount)
{
    const uint64_t words[] = {host.first, host.second, remote.first, remote.second, opd, service};
    uint64_t row = c->key_end++, hash = words[0] * MULTIPLIER;
    for (uint64_t place = 0; place < 6; place++) {
        c->key_words[place * c->key_column + row] = words[place];
        if (place) hash = (hash ^ hash >> 32 ^ words[place]) * MULTIPLIER;
    }
    c->key_hashes[row] = hash ^ hash >> 32;
    c->key_amounts[row] = amount;
}

/* The rows of the history that a record makes: at its target, and at its source. */
static void add_keys(struct call *c, const struct plan *plan, const uint8_t *record, int64_t source, int64_t target,
                     uint64_t amount)
{
    struct words from = end_of(c, record, plan->source, plan->source_before);
    struct words to = end_of(c, record, plan->target, plan->target_before);
    uint64_t out = number(record, plan->source_port), in = number(record, plan->target_port);
    /* A service's port is nearly always the smaller one. */
    uint64_t port = out && in ? least(out, in) : out | in;
    uint64_t service = (port & 0xFFFF) << 32 | (number(record, plan->protocol) & 0xFF) << 48;
    if (target >= 0)
        add_key(c, to, from, (uint64_t)target, service | (uint32_t)number(record, plan->source_as), amount);
    if (source >= 0)
        add_key(c, from, to, (uint64_t)source,
                service | (uint64_t)1 << 56 | (uint32_t)number(record, plan->target_as), amount);
}

static void count_records(struct call *c, struct stream *stream, const struct plan *plan, const uint8_t *record,
                          uint64_t count)
{
    wide reported = 0, reported_packets = 0, through = 0, through_packets = 0, unassigned = 0;
    uint64_t longest = (uint64_t)stream->longest, records = 0, events = 0;
    int no_rate = plan->rate / plan->divisor > MOST_RATE;
    for (; count; count--, record += plan->size) {
        uint64_t size = number(record, plan->bytes), packets = number(record, plan->packets);
        if (plan->first.length) {
            uint64_t milliseconds = lasted(plan, record);
            if (milliseconds > longest) longest = milliseconds;
        }
        if (size == 0 && !any(record, plan->size)) continue; /* The filled-up tail of a set is no record. */
        records++;
        wide exact = (wide)size * plan->rate;
        uint64_t scaled_packets = packets * plan->rate;
        if (plan->divisor != 1) exact /= plan->divisor, scaled_packets /= plan->divisor;
        if (no_rate || absurd(size, packets) || exact > MOST_BYTES || scaled_packets > MOST_PACKETS) {
            stream->absurd++;
            continue;
        }
        uint64_t scaled = (uint64_t)exact;
        events += size == 0;
        reported += size, reported_packets += packets;
        through += scaled, through_packets += scaled_packets;
        int64_t source = owner_of(c, record, plan->source), target = owner_of(c, record, plan->target);
        uint64_t inside = source >= 0 && target >= 0;
        if (source < 0 && target < 0) {
            unassigned += scaled;
        } else if (inside && !plan->internal) {
            add(&c->internal, scaled);
        } else if (plan->uplinks && !inside && !through_uplink(c, plan, record)) {
            add(&c->not_uplink, scaled);
        } else {
            /* (OPD + 1) * 4 + direction * 2 + scope, bytes and packets side by side; nobody's cells come first. */
            uint64_t *toward = c->cells + 2 * (4 * (uint64_t)(target + 1) + inside);
            uint64_t *off = c->cells + 2 * (4 * (uint64_t)(source + 1) + 2 + inside);
            toward[0] += scaled, toward[1] += scaled_packets;
            off[0] += scaled, off[1] += scaled_packets;
            if (c->key_words && scaled) add_keys(c, plan, record, source, target, scaled);
        }
    }
    add(&c->reported, reported), add(&c->reported_packets, reported_packets);
    add(&c->through, through), add(&c->through_packets, through_packets), add(&c->unassigned, unassigned);
    stream->longest = (int64_t)longest, stream->records += (int64_t)records, c->events += events;
}

static inline uint64_t slot_of(uint64_t high, uint64_t low)
{
    uint64_t mixed = (high ^ low * 0x9E3779B97F4A7C15u) * 0xD6E8FEB86659FD93u;
    return mixed ^ mixed >> 32;
}

/* The route of a set, or the free place for it. The table is never full: Python keeps half of it free. */
static struct route *find(const struct call *c, uint64_t high, uint64_t low)
{
    for (uint64_t place = slot_of(high, low);; place++) {
        struct route *route = c->routes + (place & c->mask);
        if ((route->high == high && route->low == low) || route->high == UINT64_MAX) return route;
    }
}

/* Put a route into the table, or change it; 1 where it is a new one. ``version`` 5, 9 or 10. */
int64_t express_route(struct call *c, uint64_t exporter, uint64_t version, uint64_t domain, uint64_t set,
                      int64_t stream, int64_t place)
{
    uint64_t high = exporter << 32 | domain, low = version << 16 | set;
    struct route *route = find(c, high, low);
    int64_t fresh = route->high == UINT64_MAX;
    *route = (struct route){high, low, stream, place};
    return fresh;
}

struct head { uint64_t version, domain, sequence, stamp, sampling, start, end; };

/* 1 where the datagram is of a version and length that the lane takes. */
static int read_head(const uint8_t *d, uint64_t length, uint64_t width, struct head *head)
{
    uint64_t room = least(length, width);
    if (room < SHORTEST) return 0;
    head->version = be16(d);
    if (head->version == 5) {
        uint64_t records = be16(d + 2);
        *head = (struct head){5, be16(d + 20), be32(d + 16), be32(d + 4), be16(d + 22) & 0x3FFF, 24, 24 + records * 48};
        return records >= 1 && records <= 30 && head->end <= room;
    }
    if (head->version == 9) {
        *head = (struct head){9, be32(d + 16), be32(d + 12), be32(d + 4), 0, 20, length};
        return length <= width;
    }
    *head = (struct head){head->version, be32(d + 12), be32(d + 8), be32(d + 4), 0, 16, be16(d + 2)};
    return head->version == 10 && head->end >= SHORTEST && head->end <= room;
}

struct part { const struct route *route; uint64_t begin, end; };

/* The sets of a datagram and their routes; DONE, or why it is not for the lane. */
static int read_parts(struct call *c, const uint8_t *d, const struct head *head, uint64_t exporter, struct part *parts,
                      uint64_t *count)
{
    uint64_t high = exporter << 32 | head->domain, place = head->start;
    *count = 0;
    while (head->version == 5 ? *count == 0 : place + 4 <= head->end) {
        uint64_t set = 0, begin = place, end = head->end;
        if (head->version != 5) {
            uint64_t length = be16(d + place + 2);
            set = be16(d + place), begin = place + 4, end = place + length;
            if (length == 0 && !any(d + place, head->end - place)) return DONE;
            if (length < 4 || end > head->end || set < 256 || *count == MOST_SETS) return ODD;
        }
        const struct route *route = find(c, high, head->version << 16 | set);
        c->set_number = set;
        if (route->high == UINT64_MAX || route->stream < 0) return UNKNOWN;
        parts[(*count)++] = (struct part){route, begin, end};
        place = end;
    }
    return DONE;
}

static int take(struct call *c, uint64_t row)
{
    const uint8_t *d = c->data + row * c->stride;
    struct part parts[MOST_SETS];
    struct head head;
    uint64_t count, records = 0;
    int64_t exporter = c->exporter[c->origin[row]];
    c->group[row] = -1;
    if (exporter == STRANGER) {
        c->strangers++;
        return DONE;
    }
    if (exporter < 0 || !read_head(d, (uint64_t)c->lengths[row], c->width, &head)) return ODD;
    int reason = read_parts(c, d, &head, (uint64_t)exporter, parts, &count);
    if (reason != DONE) return reason;
    if (count == 0) return ODD;
    struct stream *stream = c->streams + parts[0].route->stream;
    int counts = (int)c->counting;
    for (uint64_t place = 0; place < count; place++) {
        const struct plan *plan = c->plans + c->plan_of_route[parts[place].route->number];
        records += (parts[place].end - parts[place].begin) / plan->size;
        counts &= plan->counts && (!c->key_words || plan->keys);
    }
    uint64_t units = head.version == 9 ? 1 : records;
    int64_t port = c->ports ? c->ports[row] : 0, sequence = (int64_t)head.sequence;
    if (head.version == 5 ? (int64_t)head.sampling != stream->sampling : port > 0 && port != stream->port) return ODD;
    if (!counts && count > 1) return ODD;
    int accept = (int64_t)row == c->accept;
    if (!accept) {
        if (c->copies && sequence <= stream->last && (int64_t)row != c->single) return COPY;
        int falls = head.version == 9 ? (int64_t)head.stamp < stream->stamp : sequence < stream->sequence;
        if (sequence != stream->expected || (falls && head.version != 5)) {
            c->stop_stream = (uint64_t)parts[0].route->stream;
            c->stop_units = units;
            c->stop_stamp = head.stamp, c->stop_sequence = head.sequence;
            return OUT_OF_PLACE;
        }
    }
    /* Two rows of the history for each record. */
    if (counts && c->key_words && c->key_limit - c->key_end < 2 * records) return FULL;
    if (counts) {
        c->counted = 1;
        for (uint64_t place = 0; place < count; place++) {
            const struct plan *plan = c->plans + c->plan_of_route[parts[place].route->number];
            uint64_t number_of_them = (parts[place].end - parts[place].begin) / plan->size;
            if (!number_of_them) continue;
            c->aside_internal |= !plan->internal || plan->uplinks;
            c->aside_uplink |= plan->uplinks != 0;
            count_records(c, stream, plan, d + parts[place].begin, number_of_them);
        }
    } else {
        c->group[row] = parts[0].route->number;
        c->begin[row] = (int64_t)parts[0].begin, c->end[row] = (int64_t)parts[0].end;
    }
    if (!stream->touched) c->touched[c->touched_count++] = parts[0].route->stream;
    stream->touched = 1;
    stream->datagrams++;
    stream->stamp = (int64_t)head.stamp, stream->sequence = stream->last = sequence, stream->when = c->now;
    if (!accept) {
        stream->expected = (int64_t)((head.sequence + units) & 0xFFFFFFFF);
        stream->moved = 1;
    }
    return DONE;
}

/* Take datagrams from ``row`` on; tells why it ended, before ``row``. */
int64_t express_take(struct call *c)
{
    for (; c->row < c->count; c->row++) {
        int reason = take(c, c->row);
        if (reason != DONE) return reason;
    }
    return DONE;
}

/* What is compared of each datagram to find copies (copies.py): its first bytes, its stream and its sequence number. */
void express_heads(const struct call *c, uint8_t *heads, int64_t *stream, int64_t *sequence)
{
    for (uint64_t row = 0; row < c->count; row++, heads += HEAD_BYTES) {
        uint64_t length = least(least((uint64_t)c->lengths[row], c->width), HEAD_BYTES), domain = 0, number_at = 0;
        memcpy(heads, c->data + row * c->stride, length);
        memset(heads + length, 0, HEAD_BYTES - length);
        uint64_t version = be16(heads), domain_at = 0;
        if (version == 9) domain_at = 4, number_at = 3;
        if (version == 10) domain_at = 3, number_at = 2;
        if (version == 5) domain_at = 5, number_at = 4;
        if (version == 0 && be32(heads + 4) == 1) domain_at = 3, number_at = 4;
        if (version == 0 && be32(heads + 4) == 2) domain_at = 6, number_at = 7;
        domain = domain_at ? be32(heads + 4 * domain_at) : 0;
        if (version == 5) domain >>= 16; /* Its engine; the other half is the rate. */
        stream[row] = (int64_t)((version & 0xFF) << 32 | domain);
        sequence[row] = number_at ? (int64_t)be32(heads + 4 * number_at) : 0;
    }
}

/* Of which source text this is; the loader compares. */
const char *express_source(void) { return EXPRESS_SOURCE; }
