/* A round of all devices: requests that are written already go out, answers of the usual shape are read, and a page
 * is written of them.
 *
 * Comes in: what Python wrote for each device (requests, what each value must be, the page's text). Goes out: counters,
 * and which devices answered otherwise: those Python reads itself, and alone decides what it means. Nothing is
 * allocated and nothing of Python is called. Each offset into an answer is compared with its length: datagrams are
 * hostile, the tables are Python's own. exporter/snmp/wire/message.py is the other way to the same values.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

/* BURST: datagrams of one system call. ROOM: the longest answer (an Ethernet frame of 1,500 bytes and what is over). */
enum { BURST = 64, ROOM = 2048 };
/* What a value must be (exporter/snmp/native/library.py has the same numbers, and those of ``state``). */
enum { COUNTER, SAME, TEXT, UPTIME, ANY };
enum { WAITING, READ, ODD };
/* BER (X.690) and the types of SMIv2 (RFC 2578, 7.1). */
enum { INTEGER = 2, OCTETS = 4, OID = 6, SEQUENCE = 0x30 };
enum { COUNTER32 = 0x41, GAUGE32, TICKS, COUNTER64 = 0x46, RESPONSE = 0xA2 };

/* ``expected``: the number it must be, or where its text begins. ``cell``: what a counter is added to, or a text's
 * length. ``limit``: how much more a second is no longer usual. */
struct rule { int64_t kind, cell, expected; double limit; };

/* A datagram that is written but for its id, and whose rules are those of its varbinds. */
struct request { uint64_t at, length, id_at, binds_at, rule, rules, number, answered; };

struct device {
    struct request *requests; uint8_t *datagrams; const struct rule *rules; const uint8_t *texts;
    uint64_t *now, *before, *cells;
    const uint8_t *form; const uint64_t *ends; const int64_t *slots;
    uint64_t request_count, rule_count, cell_count, address, port;
    uint64_t sent, answered, state, micros;
    int64_t youngest, oldest;
    double seconds;
};

/* A piece of a device's page under one metric: which segments, and how many. */
struct block { uint32_t first, count; };

struct lane {
    struct device *devices; uint64_t device_count; int64_t fd;
    uint64_t *table; uint64_t mask; const uint32_t *numbers;
    uint64_t window, cursor, waiting, micros;
    const uint8_t *heads; const uint64_t *head_ends; const struct block *blocks; uint64_t family_count;
    uint64_t strangers;
};

/* Values above are written modulo 2^53, which a double holds exactly (exporter/snmp/device/reading.py). */
static const uint64_t EXACT = (uint64_t)1 << 53;

/* Where a number is in the table, or the free place where it would be. An entry: id, device and request plus one. */
static uint64_t place_of(const struct lane *lane, uint64_t number)
{
    uint64_t place = number * 0x9E3779B97F4A7C15u >> 32 & lane->mask;
    while (lane->table[place * 3 + 2] && lane->table[place * 3] != number) place = (place + 1) & lane->mask;
    return place;
}

/* Give every request its number. A number that is drawn twice goes to the second with another bit pattern. */
void round_begin(struct lane *lane)
{
    uint64_t drawn = 0;
    memset(lane->table, 0, (lane->mask + 1) * 3 * sizeof *lane->table);
    lane->cursor = lane->waiting = 0;
    for (uint64_t d = 0; d < lane->device_count; d++) {
        struct device *device = &lane->devices[d];
        device->sent = device->answered = 0;
        /* A device without requests is read by Python; only its text stands here. */
        device->state = device->request_count ? WAITING : READ;
        lane->waiting += device->state == WAITING;
        device->youngest = -1;
        device->oldest = INT64_MAX;
        for (uint64_t r = 0; r < device->request_count; r++) {
            struct request *request = &device->requests[r];
            uint64_t number = lane->numbers[drawn++], place;
            /* Four bytes, positive: the id's length never moves (exporter/snmp/wire/message.py, LOWEST_ID). */
            while (number = (number & 0x3FFFFFFF) | 0x01000000,
                   place = place_of(lane, number), lane->table[place * 3 + 2])
                number += 0x10001;
            lane->table[place * 3] = number;
            lane->table[place * 3 + 1] = d;
            lane->table[place * 3 + 2] = r + 1;
            request->number = number;
            request->answered = 0;
            uint32_t written = __builtin_bswap32((uint32_t)number);
            memcpy(device->datagrams + request->at + request->id_at, &written, 4);
        }
    }
}

struct burst { struct mmsghdr messages[BURST]; struct iovec vectors[BURST]; struct sockaddr_in names[BURST];
               struct device *devices[BURST]; int count; };

/* What could not be sent waits for the next turn; what the network refuses stays unanswered. */
static int flush(struct lane *lane, struct burst *burst)
{
    int sent = 0, all = burst->count;
    while (sent < all) {
        int done = sendmmsg((int)lane->fd, burst->messages + sent, (unsigned)(all - sent), MSG_DONTWAIT);
        if (done > 0) { sent += done; continue; }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != ENOBUFS) { sent++; continue; }
        break;
    }
    for (int place = all; place-- > sent;) burst->devices[place]->sent--;
    burst->count = 0;
    return sent == all;
}

static void add(struct burst *burst, struct device *device)
{
    struct request *request = &device->requests[device->sent++];
    int place = burst->count++;
    burst->names[place] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = (uint16_t)device->port,
                                                .sin_addr.s_addr = (uint32_t)device->address };
    burst->vectors[place] = (struct iovec){ device->datagrams + request->at, request->length };
    burst->messages[place].msg_hdr = (struct msghdr){
        .msg_name = &burst->names[place], .msg_namelen = sizeof(struct sockaddr_in),
        .msg_iov = &burst->vectors[place], .msg_iovlen = 1 };
    burst->devices[place] = device;
}

static int may_send(const struct lane *lane, const struct device *device)
{
    return device->state == WAITING && device->sent < device->request_count
        && device->sent - device->answered < lane->window;
}

/* Send to the next ``devices`` of those that were not asked yet; 0 when all were asked. */
uint64_t round_send(struct lane *lane, uint64_t devices)
{
    struct burst burst = { .count = 0 };
    for (; devices && lane->cursor < lane->device_count; devices--) {
        struct device *device = &lane->devices[lane->cursor];
        while (may_send(lane, device)) {
            add(&burst, device);
            if (burst.count == BURST && !flush(lane, &burst)) return 1;
        }
        lane->cursor++;
    }
    flush(lane, &burst);
    return lane->cursor < lane->device_count;
}

struct span { const uint8_t *at, *end; };

/* The next element: its tag and its content; 0 where it is cut short or its length stands in more than two bytes. */
static int element(struct span *in, unsigned *tag, struct span *content)
{
    if (in->end - in->at < 2) return 0;
    *tag = in->at[0];
    uint64_t size = in->at[1];
    const uint8_t *begin = in->at + 2;
    if (size >= 128) {
        uint64_t bytes = size & 127;
        if (bytes < 1 || bytes > 2 || (uint64_t)(in->end - begin) < bytes) return 0;
        size = bytes == 1 ? begin[0] : (uint64_t)begin[0] << 8 | begin[1];
        begin += bytes;
    }
    if ((uint64_t)(in->end - begin) < size) return 0;
    *content = (struct span){ begin, begin + size };
    in->at = begin + size;
    return 1;
}

static int small(struct span *in, uint64_t *number)
{
    struct span content; unsigned tag;
    if (!element(in, &tag, &content) || tag != INTEGER) return 0;
    if (content.end - content.at < 1 || content.end - content.at > 4) return 0;
    for (*number = 0; content.at < content.end; content.at++) *number = *number << 8 | *content.at;
    return 1;
}

/* An unsigned number of SMIv2 as wide as its type; an INTEGER only where ``plain``. */
static int unsigned_value(unsigned tag, struct span content, int plain, uint64_t *number)
{
    int64_t size = content.end - content.at, most;
    if (tag == COUNTER64) most = 8;
    else if (tag == COUNTER32 || tag == GAUGE32 || tag == TICKS) most = 4;
    else if (tag == INTEGER && plain && size > 0 && size <= 8 && !(content.at[0] & 0x80)) most = 8;
    else return 0;
    if (size < 1 || size > most + 1 || (size == most + 1 && content.at[0])) return 0;
    for (*number = 0; content.at < content.end; content.at++) *number = *number << 8 | *content.at;
    return 1;
}

/* The next varbind's value, where its name is the next of the request; whose varbinds have NULL for a value. */
static int named(struct span *binds, const uint8_t **asked, unsigned *tag, struct span *value)
{
    const uint8_t *at = binds->at, *wanted = *asked;
    /* What a NULL leaves: the name and its head. */
    int64_t left = binds->end - at, name = wanted[1] - 2, size;
    *asked += wanted[1] + 2;
    /* Lengths below 128 are one byte; of almost every value this is all that has to be looked at. */
    if (left >= name + 4 && at[0] == SEQUENCE && at[1] < 128 && !memcmp(at + 2, wanted + 2, (size_t)name)
        && (size = at[name + 3]) < 128 && at[1] == name + 2 + size && left >= name + 4 + size) {
        *tag = at[name + 2];
        *value = (struct span){ at + name + 4, at + name + 4 + size };
        binds->at = at + name + 4 + size;
        return 1;
    }
    struct span bind, found; unsigned kind;
    if (!element(binds, &kind, &bind) || kind != SEQUENCE || !element(&bind, &kind, &found) || kind != OID) return 0;
    if (found.end - found.at != name - 2 || memcmp(found.at, wanted + 4, (size_t)(name - 2))) return 0;
    return element(&bind, tag, value) && bind.at == bind.end;
}

/* Whether the answer has the names of its request in their order, and values that are as they must be. */
static int usual(struct device *device, const struct request *request, struct span binds)
{
    const uint8_t *asked = device->datagrams + request->at + request->binds_at;
    const struct rule *rule = device->rules + request->rule, *end = rule + request->rules;
    uint64_t *now = device->now + request->rule;
    const uint64_t *before = device->before + request->rule;
    for (; rule < end; rule++, now++, before++) {
        struct span value; unsigned tag; uint64_t number = 0;
        if (!named(&binds, &asked, &tag, &value)) return 0;
        if (rule->kind == TEXT) {
            if (tag != OCTETS || value.end - value.at != rule->cell
                || memcmp(value.at, device->texts + rule->expected, (size_t)rule->cell)) return 0;
            continue;
        }
        if (!unsigned_value(tag, value, rule->kind == SAME, &number)) return 0;
        *now = number;
        if (rule->kind == SAME && number != (uint64_t)rule->expected) return 0;
        /* A counter that goes back, or further than its line can carry, is for Python to judge. */
        if (rule->kind == COUNTER
            && (number < *before || (double)(number - *before) > rule->limit * device->seconds)) return 0;
        if (rule->kind == UPTIME) {
            if (tag != TICKS) return 0;
            if ((int64_t)number > device->youngest) device->youngest = (int64_t)number;
            if ((int64_t)number < device->oldest) device->oldest = (int64_t)number;
        }
    }
    return binds.at == binds.end;
}

/* Where the varbinds of an answer are, and its number; 0 where it is no answer of SNMPv2c without error. */
static int response(struct span data, uint64_t *number, uint64_t *status, struct span *binds)
{
    struct span message, community, pdu; unsigned tag; uint64_t version, index;
    if (!element(&data, &tag, &message) || tag != SEQUENCE || data.at != data.end) return 0;
    if (!small(&message, &version) || version != 1 || !element(&message, &tag, &community) || tag != OCTETS) return 0;
    if (!element(&message, &tag, &pdu) || tag != RESPONSE || message.at != message.end) return 0;
    if (!small(&pdu, number) || !small(&pdu, status) || !small(&pdu, &index)) return 0;
    return element(&pdu, &tag, binds) && tag == SEQUENCE && pdu.at == pdu.end;
}

static void finish(struct lane *lane, struct device *device, uint64_t state)
{
    device->state = state;
    device->micros = lane->micros;
    lane->waiting--;
}

/* All of a device has come: what was counted becomes what the page shows, and what the next round compares with. */
static void complete(struct lane *lane, struct device *device)
{
    memset(device->cells, 0, device->cell_count * sizeof *device->cells);
    for (uint64_t n = 0; n < device->rule_count; n++) {
        const struct rule *rule = &device->rules[n];
        if (rule->kind == COUNTER && rule->cell >= 0) device->cells[rule->cell] += device->now[n] % EXACT;
    }
    memcpy(device->before, device->now, device->rule_count * sizeof *device->now);
    finish(lane, device, READ);
}

static struct device *take(struct lane *lane, const uint8_t *data, size_t length, const struct sockaddr_in *sender,
                           int cut)
{
    struct span binds = { data, data + length }; uint64_t number = 0, status = 0;
    int whole = response((struct span){ data, data + length }, &number, &status, &binds);
    const uint64_t *entry = &lane->table[place_of(lane, number) * 3];
    struct device *device = entry[2] ? &lane->devices[entry[1]] : NULL;
    /* Who has not seen the request cannot know its number; an answer from elsewhere is for Python to judge, too. */
    if (!device || sender->sin_addr.s_addr != (uint32_t)device->address || sender->sin_port != (uint16_t)device->port) {
        lane->strangers++;
        return NULL;
    }
    struct request *request = &device->requests[entry[2] - 1];
    if (device->state != WAITING || request->answered) return NULL;
    request->answered = 1;
    device->answered++;
    if (!whole || cut || status || !usual(device, request, binds)) finish(lane, device, ODD);
    else if (device->answered == device->request_count) complete(lane, device);
    return device;
}

/* Read what waits, at most ``most`` datagrams, and send what each device is asked next. How many devices still wait. */
uint64_t round_receive(struct lane *lane, uint64_t most)
{
    static _Thread_local uint8_t room[BURST][ROOM];
    struct mmsghdr messages[BURST]; struct iovec vectors[BURST]; struct sockaddr_in names[BURST];
    struct burst burst = { .count = 0 };
    for (uint64_t taken = 0; lane->waiting && taken < most;) {
        for (int n = 0; n < BURST; n++) {
            vectors[n] = (struct iovec){ room[n], ROOM };
            messages[n].msg_hdr = (struct msghdr){ .msg_name = &names[n], .msg_namelen = sizeof names[n],
                                                   .msg_iov = &vectors[n], .msg_iovlen = 1 };
        }
        int came = recvmmsg((int)lane->fd, messages, BURST, MSG_DONTWAIT, NULL);
        if (came <= 0) break;
        taken += (uint64_t)came;
        for (int n = 0; n < came; n++) {
            int cut = messages[n].msg_hdr.msg_flags & MSG_TRUNC;
            struct device *device = take(lane, room[n], messages[n].msg_len, &names[n], cut);
            if (device && may_send(lane, device)) add(&burst, device);
        }
        flush(lane, &burst);
        if (came < BURST) break;
    }
    return lane->waiting;
}

static uint8_t *digits(uint8_t *out, uint64_t number)
{
    uint8_t text[20]; int begin = 20;
    do text[--begin] = (uint8_t)('0' + number % 10); while (number /= 10);
    memcpy(out, text + begin, (size_t)(20 - begin));
    return out + 20 - begin;
}

/* Seconds with six decimals, without the noughts behind. */
static uint8_t *seconds(uint8_t *out, uint64_t micros)
{
    out = digits(out, micros / 1000000);
    uint64_t rest = micros % 1000000;
    if (!rest) return out;
    *out++ = '.';
    for (uint64_t tens = 100000; rest; rest %= tens, tens /= 10) *out++ = (uint8_t)('0' + rest / tens);
    return out;
}

/* The page by metric: the head, then each device's lines. ``out`` has room for all (twenty digits a number). */
uint64_t round_page(const struct lane *lane, uint8_t *out)
{
    const uint8_t *begin = out;
    for (uint64_t f = 0; f < lane->family_count; f++) {
        uint64_t head = f ? lane->head_ends[f - 1] : 0;
        memcpy(out, lane->heads + head, lane->head_ends[f] - head);
        out += lane->head_ends[f] - head;
        for (uint64_t d = 0; d < lane->device_count; d++) {
            const struct device *device = &lane->devices[d];
            struct block block = lane->blocks[f * lane->device_count + d];
            for (uint64_t n = block.first; n < block.first + block.count; n++) {
                uint64_t at = n ? device->ends[n - 1] : 0;
                memcpy(out, device->form + at, device->ends[n] - at);
                out += device->ends[n] - at;
                if (device->slots[n] >= 0) out = digits(out, device->cells[device->slots[n]]);
                else if (device->slots[n] == -2) out = seconds(out, device->micros);
            }
        }
    }
    return (uint64_t)(out - begin);
}

const char *rounds_source(void) { return EXPRESS_SOURCE; }
