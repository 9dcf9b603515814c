/**
 * Jalali months, seasons and years to choose from in the filters of a search.
 *
 * The options keep their names ("month-1", "first_quarter"), for favourites and filters that are
 * on from the start are stored by them; only words and ranges differ.
 */
import {
    endOf,
    fromJalali,
    isJalali,
    jalaliOf,
    MONTHS,
    plus,
    SEASONS,
    startOf,
} from "../core/jalali";
import { persianDigits } from "../core/jalali_text";
import { patchModule } from "../core/module_patch";

const QUARTERS = ["first_quarter", "second_quarter", "third_quarter", "fourth_quarter"];
const FILTERS = { months: 1, years: 2, custom: 3 };

const clamp = (number, lowest, highest) => Math.min(Math.max(number, lowest), highest);
const downFrom = (highest, lowest) =>
    [...Array(highest - lowest + 1).keys()].map((index) => highest - index);

patchModule("@web/search/utils/dates", (original, require) => {
    const { Domain } = require("@web/core/domain");
    const { serializeDate, serializeDateTime } = require("@web/core/l10n/dates");
    const { constructDateDomain, getPeriodOptions, toGeneratorId } = original;

    function monthOptions(moment, { startYear, endYear, startMonth, endMonth }) {
        const thisYear = jalaliOf(moment).year;
        const firstDay = startOf(moment, "month");
        return downFrom(endMonth, startMonth).map((offset) => {
            const years = clamp(0, startYear, endYear);
            const { year, month } = jalaliOf(plus(firstDay, { months: offset, years }));
            return {
                id: toGeneratorId("month", offset),
                defaultYearId: toGeneratorId("year", clamp(year - thisYear, startYear, endYear)),
                description: MONTHS[month - 1],
                granularity: "month",
                groupNumber: FILTERS.months,
                firstMonth: month,
            };
        });
    }

    function quarterOptions({ startYear, endYear }) {
        const defaultYearId = toGeneratorId("year", clamp(0, startYear, endYear));
        return downFrom(3, 0).map((index) => ({
            id: QUARTERS[index],
            defaultYearId,
            description: SEASONS[index],
            granularity: "quarter",
            groupNumber: FILTERS.months,
            firstMonth: index * 3 + 1,
        }));
    }

    function yearOptions(moment, { startYear, endYear }) {
        const thisYear = jalaliOf(moment).year;
        return downFrom(endYear, startYear).map((offset) => ({
            id: toGeneratorId("year", offset),
            description: persianDigits(thisYear + offset),
            granularity: "year",
            groupNumber: FILTERS.years,
            year: thisYear + offset,
        }));
    }

    function customOptions(options) {
        return options.map(({ id, description, domain }) => ({
            id,
            description,
            granularity: "withDomain",
            groupNumber: FILTERS.custom,
            domain,
        }));
    }

    function constructRange(date, unit, { fieldName, fieldType }) {
        const serialize = fieldType === "date" ? serializeDate : serializeDateTime;
        return new Domain([
            "&",
            [fieldName, ">=", serialize(startOf(date, unit))],
            [fieldName, "<=", serialize(endOf(date, unit))],
        ]);
    }

    /** The ranges of the chosen parts of a year, or of the whole year. */
    function rangesOfYear(yearOption, parts, zone, searchItem) {
        const { year, description } = yearOption;
        if (!parts.length) {
            const firstDay = fromJalali(year, 1, 1, { zone });
            return [{ domain: constructRange(firstDay, "year", searchItem), description }];
        }
        return parts.map((part) => ({
            domain: constructRange(
                fromJalali(year, part.firstMonth, 1, { zone }),
                part.granularity,
                searchItem
            ),
            description: `${part.description} ${description}`,
        }));
    }

    function bySizeAndTime(one, other) {
        const bySize = other.granularity.localeCompare(one.granularity);
        return bySize || one.firstMonth - other.firstMonth;
    }

    function jalaliOptions(moment, params) {
        return [
            ...monthOptions(moment, params),
            ...quarterOptions(params),
            ...yearOptions(moment, params),
            ...customOptions(params.customOptions),
        ];
    }

    return {
        getPeriodOptions(referenceMoment, optionsParams) {
            const getOptions = isJalali() ? jalaliOptions : getPeriodOptions;
            return getOptions(referenceMoment, optionsParams);
        },

        constructDateDomain(referenceMoment, searchItem, selectedOptionIds) {
            if (!isJalali()) {
                return constructDateDomain(referenceMoment, searchItem, selectedOptionIds);
            }
            const options = jalaliOptions(referenceMoment, searchItem.optionsParams);
            const selected = options.filter(({ id }) => selectedOptionIds.includes(id));
            const custom = selected.find(({ domain }) => domain);
            if (custom) {
                const domain = Domain.and([custom.domain, searchItem.domain]);
                return { description: custom.description, domain };
            }
            const years = selected.filter(({ year }) => year).reverse();
            const parts = selected.filter(({ firstMonth }) => firstMonth).sort(bySizeAndTime);
            const { zone } = referenceMoment;
            const ranges = years.flatMap((year) => rangesOfYear(year, parts, zone, searchItem));
            const domains = ranges.map(({ domain }) => domain);
            return {
                domain: Domain.and([Domain.combine(domains, "OR"), searchItem.domain]),
                description: ranges.map(({ description }) => description).join("/"),
            };
        },
    };
});
