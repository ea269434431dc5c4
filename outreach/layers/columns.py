"""What columns are called, in Indonesian and English, in workbooks and in form exports."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The best name comes first: where two columns answer to one field, the earlier name wins.
# A leading underscore marks what KoboToolbox adds to every export.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "kode", "no_kasus", "nomor_kasus", "id_kasus", "kode_kasus", "case_id"),
        *("id_penerima", "beneficiary_id", "id_anak", "kode_anak", "child_id", "id_klien"),
        *("kode_klien", "client_id", "id_petugas"),
        *("kode_petugas", "worker_id", "id_penginapan", "lodging_id", "id_mitra", "partner_id"),
        *("kode_wilayah", "area_id", "kode_desa", "code", "case_no", "case_number"),
        *("_uuid", "key", "instanceid", "_id"),
    ),
    "lon": ("lon", "longitude", "bujur", "garis_bujur", "long", "lng", "x"),
    "lat": ("lat", "latitude", "lintang", "garis_lintang", "y"),
    "point": (
        *("titik", "koordinat", "lokasi", "lokasi_rumah", "titik_koordinat", "titik_lokasi"),
        *("geopoint", "point", "location", "coordinates", "gps", "lokasi_gps", "_geolocation"),
    ),
    "accuracy": ("accuracy", "akurasi", "ketelitian", "precision", "presisi", "akurasi_m"),
    "category": ("category", "kategori", "jenis_kasus", "kategori_kasus", "jenis", "case_type"),
    "visits_per_week": (
        *("visits_per_week", "kunjungan_per_minggu", "kali_per_minggu", "per_minggu"),
        *("kunjungan_seminggu", "frekuensi_per_minggu", "times_per_week", "weekly_visits"),
    ),
    "every_days": (
        *("every_days", "setiap_hari", "tiap_hari", "interval_hari", "setiap_n_hari"),
        *("tiap_n_hari", "selang_hari", "interval_days", "every_n_days"),
    ),
    "min_gap_days": (
        *("min_gap_days", "jarak_minimal_hari", "jeda_minimal_hari", "jarak_hari", "jeda_hari"),
        *("jarak_minimal", "jeda_minimal", "min_gap", "gap_days"),
    ),
    "weekdays": (
        *("weekdays", "hari", "hari_kunjungan", "hari_boleh", "hari_kerja", "hari_buka"),
        *("days", "allowed_weekdays", "workdays", "working_days", "weekday"),
    ),
    "opens": ("opens", "buka", "jam_buka", "mulai", "jam_mulai", "dari_jam", "open", "from_time"),
    "closes": ("closes", "tutup", "jam_tutup", "sampai", "sampai_jam", "close", "until", "to_time"),
    "service_minutes": (
        *("service_minutes", "menit_layanan", "lama_layanan", "lama_kunjungan", "durasi_menit"),
        *("durasi", "lama_menit", "minutes", "duration_minutes", "service_time"),
    ),
    "priority": ("priority", "prioritas", "tingkat_prioritas"),
    "last_visit": (
        *("last_visit", "kunjungan_terakhir", "tanggal_kunjungan_terakhir", "terakhir_dikunjungi"),
        *("tgl_kunjungan_terakhir", "last_contact", "kontak_terakhir", "last_visited"),
    ),
    "deadline": ("deadline", "batas_waktu", "tenggat", "batas_akhir", "paling_lambat", "due_date"),
    "workers_needed": (
        *("workers_needed", "petugas_dibutuhkan", "jumlah_petugas", "butuh_petugas"),
        *("petugas_diperlukan", "staff_needed", "n_workers"),
    ),
    "skills": ("skills", "keahlian", "keterampilan", "kemampuan", "kompetensi", "skill"),
    "worker": (
        *("worker", "petugas", "pekerja_sosial", "peksos", "sakti_peksos", "pendamping"),
        *("id_petugas", "kode_petugas", "worker_id", "caseworker", "social_worker"),
    ),
    "circuit": ("circuit", "sirkuit", "rombongan", "putaran", "tour", "group_trip"),
    "area": (
        *("area", "wilayah", "kode_wilayah", "area_id", "kelurahan", "desa", "kecamatan"),
        *("village", "district"),
    ),
    "partner": (
        *("partner", "mitra", "mitra_kontak", "kontak_mitra", "id_mitra", "kode_mitra"),
        *("partner_id", "contact_partner"),
    ),
    # Not `phonenumber`: in the exports of forms that is the interviewer's own.
    "phone": (
        *("phone", "telepon", "nomor_telepon", "no_telepon", "telp", "no_telp", "nomor_telp"),
        *("tel", "telephone", "phone_number", "telephone_number"),
    ),
    "base_id": ("base_id", "id_pangkalan", "kode_pangkalan", "id_base", "kode_kantor"),
    "base_label": ("base_label", "base", "pangkalan", "kantor", "nama_kantor", "nama_pangkalan"),
    "shifts": ("shifts", "shift", "jam_kerja", "jadwal_kerja", "jadwal", "working_hours", "hours"),
    "starts": ("starts", "mulai", "jam_mulai", "mulai_kerja", "masuk", "jam_masuk", "shift_start"),
    "ends": (
        "ends",
        "selesai",
        "jam_selesai",
        "selesai_kerja",
        "pulang",
        "jam_pulang",
        "shift_end",
    ),
    "max_riding_minutes": (
        *("max_riding_minutes", "menit_berkendara_maksimal", "maks_menit_berkendara"),
        *("batas_berkendara", "batas_berkendara_menit", "max_riding", "riding_limit_minutes"),
    ),
    "nights_away": (
        *("nights_away", "boleh_menginap", "menginap", "nights_allowed", "bermalam"),
        *("bersedia_menginap", "overnight"),
    ),
    "monthly_budget_idr": (
        *("monthly_budget_idr", "anggaran_bulanan", "anggaran_bulanan_rp", "anggaran"),
        *("dana_operasional", "biaya_operasional", "monthly_budget", "budget", "budget_idr"),
    ),
    "spent_idr": (
        *("spent_idr", "terpakai", "terpakai_rp", "sudah_terpakai", "terpakai_bulan_ini"),
        *("terpakai_bulan_ini_rp", "spent", "spent_this_month", "spent_this_month_idr"),
    ),
    "vehicle": ("vehicle", "kendaraan", "transport", "transportasi"),
    "has_motorbike": ("has_motorbike", "punya_motor", "ada_motor", "motorbike", "motor"),
    "label": ("label", "nama", "name", "nama_tempat", "nama_lembaga", "tempat", "place"),
    "kind": ("kind", "jenis", "tipe", "type", "jenis_mitra", "level", "tingkat"),
    "nights": ("nights", "malam", "malam_buka", "hari", "weekdays", "buka_malam", "nights_open"),
    "beds": ("beds", "tempat_tidur", "jumlah_tempat_tidur", "ranjang", "kapasitas", "capacity"),
    "cost_idr": (
        *("cost_idr", "biaya", "biaya_rp", "biaya_per_malam", "harga", "tarif"),
        *("cost", "price", "price_idr", "cost_per_night"),
    ),
    "lodging": (
        *("lodging", "penginapan", "tempat_menginap", "menginap_di", "lodging_id"),
        "id_penginapan",
    ),
    "team": ("team", "tim", "regu", "circuit", "sirkuit", "rombongan", "perjalanan", "tour"),
    "date": ("date", "tanggal", "tgl", "pada_tanggal"),
    "weekday": ("weekday", "hari", "day", "weekdays", "nama_hari"),
    "time": ("time", "jam", "pukul", "waktu", "mulai", "jam_mulai"),
    "order": ("order", "urutan", "urut", "nomor_urut", "sequence"),
    "name": ("name", "nama", "nama_wilayah", "label", "nmdesa", "nmkec", "nmkab"),
    # Also as the national map agency writes it.
    "district": (
        *("district", "kecamatan", "nama_kecamatan", "nmkec", "wadmkc", "distrik"),
        *("sub_district", "subdistrict"),
    ),
    "population": ("population", "penduduk", "jumlah_penduduk", "populasi", "pop"),
    "wkt": ("wkt", "geometry", "geom", "the_geom", "wkt_geom"),
    # What came of a visit. A form's `today` is the day on which it was filled in.
    "visited_on": (
        *("date", "tanggal", "tgl", "tanggal_kunjungan", "tgl_kunjungan", "visit_date"),
        *("date_of_visit", "pada_tanggal", "today"),
    ),
    "state": (
        *("state", "hasil", "hasil_kunjungan", "outcome", "result", "visit_result", "keadaan"),
        *("status_kunjungan", "status"),
    ),
    "next_due": (
        *("next_due", "kunjungan_berikutnya", "tanggal_berikutnya", "kunjungan_lanjutan"),
        *("jatuh_tempo_berikutnya", "next_visit", "next_date"),
    ),
    "note": ("note", "catatan", "keterangan", "notes", "remarks", "komentar"),
    "corrects": ("corrects", "memperbaiki", "mengoreksi", "koreksi_atas"),
    # What happens in a week that is planned already.
    "happening": (
        *("kind", "happening", "event", "kejadian", "peristiwa", "jenis_kejadian", "jenis"),
        "apa_yang_terjadi",
    ),
    "told_at": ("at", "told_at", "pukul", "jam", "waktu", "dilaporkan", "waktu_laporan"),
    "from_time": ("from", "dari", "mulai", "sejak", "from_time", "starts"),
    "to_time": ("to", "sampai", "hingga", "until", "to_time", "selesai", "ends"),
    "late_minutes": (
        *("minutes", "menit", "menit_terlambat", "terlambat_menit", "terlambat", "delay_minutes"),
        "minutes_late",
    ),
    "radius_m": ("radius_m", "radius", "radius_meter", "jari_jari", "jari_jari_m"),
    "season": ("season", "musim"),
    # What stays the same when a form is corrected where it was filled in.
    "submission": ("_id", "key", "instanceid", "_uuid"),
    # How a repeat of a form hangs on its parent; never part of a layer.
    "link": ("_index", "key"),
    "parent_link": ("_parent_index", "parent_key"),
    "parent_table": ("_parent_table_name",),
}

# What KoboToolbox and ODK Central write beside the answers, folded.
FORM_COLUMNS = frozenset(
    {
        *("start", "end", "today", "username", "deviceid", "phonenumber", "simserial", "audit"),
        *("subscriberid", "instanceid", "instancename", "rootuuid", "deprecatedid", "altitude"),
        *("submissiondate", "submitterid", "submittername", "attachmentspresent", "status"),
        *("attachmentsexpected", "reviewstate", "edits", "formversion", "key", "parent_key"),
    }
)

LINKS = ("link", "parent_link", "parent_table")

SHEETS: Mapping[str, tuple[str, ...]] = {
    "beneficiaries": (
        *("beneficiaries", "penerima", "penerima_manfaat", "kasus", "anak", "caseload", "cases"),
        *("children", "data_anak", "data_kasus"),
    ),
    "workers": ("workers", "petugas", "pekerja_sosial", "peksos", "staff"),
    "lodgings": ("lodgings", "penginapan", "tempat_menginap", "lodging"),
    "partners": ("partners", "mitra", "lembaga", "partner"),
    "areas": ("areas", "wilayah", "area"),
    "candidates": ("candidates", "calon_pangkalan", "calon_kantor", "calon", "candidate_bases"),
    "pins": ("pins", "jadwal_tetap", "tetapan", "pin", "fixed"),
    "happenings": ("happenings", "events", "kejadian", "peristiwa"),
    "log": ("log", "catatan_kunjungan", "hasil_kunjungan", "kunjungan", "visits", "logbook"),
}

# KoboToolbox writes _question_latitude, ODK Central question-Latitude.
_KOBO_PART = re.compile(r"^_(.+)_(latitude|longitude|altitude|precision)$", re.IGNORECASE)
_ODK_PART = re.compile(
    r"^(?:.*[-/])?([^-/]+)-(latitude|longitude|altitude|accuracy)$", re.IGNORECASE
)
_GEOLOCATION_PART = re.compile(r"^_geolocation[/\[_]([01])\]?$", re.IGNORECASE)
_PART_FIELDS = {
    "latitude": "lat",
    "longitude": "lon",
    "precision": "accuracy",
    "accuracy": "accuracy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Which column of a table serves which field, and the columns that serve none."""

    positions: Mapping[str, int]
    ignored: tuple[int, ...]


def fold(text: str) -> str:
    """Strip case, accents, spaces and signs: ``"No. Kasus"`` → ``"no_kasus"``."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def match_columns(headers: Sequence[str], fields: Sequence[str]) -> Matched:
    """
    Find the column of each field.

    Parameters
    ----------
    headers
        As the file names them; groups of a form may stand before (``family/id``,
        ``family-id``).
    fields
        Keys of `SYNONYMS`.

    Returns
    -------
    matched
        Positions by field; a column serves one field only, the first of `fields` that wants it.
    """
    names = [_names(header) for header in headers]
    positions: dict[str, int] = {}
    for field in fields:
        ranks = {name: rank for rank, name in enumerate(SYNONYMS[field])}
        offers = [
            (ranks[name], depth, position)
            for position, candidates in enumerate(names)
            if position not in positions.values()
            for depth, name in enumerate(candidates)
            if name in ranks
        ]
        if offers:
            positions[field] = min(offers)[-1]
    _match_geopoint(headers, fields, positions)
    taken = set(positions.values())
    stems = {headers[position] + "/" for position in taken}
    ignored = tuple(
        position
        for position, header in enumerate(headers)
        # A question with several answers comes once whole and once for each answer.
        if position not in taken and header and not header.startswith(tuple(stems))
    )
    return Matched(positions=positions, ignored=ignored)


def _names(header: str) -> tuple[str, ...]:
    """Give the folded names that a header may stand for, the most literal first."""
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", header.split("::", maxsplit=1)[0])
    names = []
    for part in (plain, plain.rsplit("/", 1)[-1], re.split(r"[-/]", plain)[-1]):
        name = fold(part)
        if part.strip().startswith("_"):
            name = "_" + name
        if name and name not in names:
            names.append(name)
    return tuple(names)


def _match_geopoint(
    headers: Sequence[str], fields: Sequence[str], positions: dict[str, int]
) -> None:
    """Take the columns of a form's geopoint question for what has no column of its own."""
    questions = _geopoint_questions(headers) if "point" in fields else {}
    if not questions:
        return
    known = SYNONYMS["point"]
    question = min(questions, key=lambda name: known.index(name) if name in known else len(known))
    parts = questions[question]
    if not {"lon", "lat"} <= positions.keys():
        positions |= {field: parts[field] for field in ("lon", "lat")}
    if "accuracy" in parts:
        positions.setdefault("accuracy", parts["accuracy"])
    taken = set(positions.values())
    whole = (
        position
        for position, header in enumerate(headers)
        if position not in taken and question in _names(header)
    )
    if "point" not in positions and (found := next(whole, None)) is not None:
        positions["point"] = found


def _geopoint_questions(headers: Sequence[str]) -> dict[str, dict[str, int]]:
    """Give the columns for longitude, latitude and accuracy of every geopoint question."""
    questions: dict[str, dict[str, int]] = {}
    for position, header in enumerate(headers):
        if geolocation := _GEOLOCATION_PART.match(header):
            field = ("lat", "lon")[int(geolocation[1])]
            questions.setdefault("_geolocation", {})[field] = position
        elif part := _KOBO_PART.match(header.rsplit("/", 1)[-1]) or _ODK_PART.match(header):
            parts = questions.setdefault(fold(part[1]), {})
            if field := _PART_FIELDS.get(part[2].lower(), ""):
                parts.setdefault(field, position)
    return {name: parts for name, parts in questions.items() if {"lon", "lat"} <= parts.keys()}
