// DICOM headers through GDCM: the values of elements as text, at the top and in functional groups.
#include <memory>
#include <sstream>

#include "gdcmReader.h"
#include "gdcmSequenceOfItems.h"
#include "gdcmStringFilter.h"
#include "internal.h"

struct citk_dicom {
  gdcm::Reader reader;
  gdcm::StringFilter filter;
  gdcm::SmartPointer<gdcm::SequenceOfItems> shared;
  gdcm::SmartPointer<gdcm::SequenceOfItems> frames;
};

namespace {

gdcm::SmartPointer<gdcm::SequenceOfItems> sequence(const gdcm::DataSet &set, gdcm::Tag tag) {
  if (!set.FindDataElement(tag)) return nullptr;
  return set.GetDataElement(tag).GetValueAsSQ();
}

void copy(std::string value, char *text, int64_t capacity) {
  const auto last = value.find_last_not_of(std::string(" \0\n\r\t", 5));
  value.erase(last == std::string::npos ? 0 : last + 1);
  if (static_cast<int64_t>(value.size()) >= capacity)
    throw std::length_error("a DICOM value is too long");
  std::memcpy(text, value.c_str(), value.size() + 1);
}

/// The element inside the first item of a functional group, or null.
const gdcm::DataElement *inGroup(const gdcm::DataSet &groups, gdcm::Tag group, gdcm::Tag tag) {
  const auto items = sequence(groups, group);
  if (!items || items->GetNumberOfItems() == 0) return nullptr;
  const auto &set = items->GetItem(1).GetNestedDataSet();
  return set.FindDataElement(tag) ? &set.GetDataElement(tag) : nullptr;
}

gdcm::Tag unpacked(uint32_t tag) {
  return gdcm::Tag(static_cast<uint16_t>(tag >> 16), static_cast<uint16_t>(tag & 0xFFFF));
}

}  // namespace

citk_status citk_dicom_open(const char *path, citk_dicom **dicom) {
  return citk::guarded([&] {
    auto result = std::make_unique<citk_dicom>();
    result->reader.SetFileName(path);
    // Float and double pixel data (7FE0,0008) and (7FE0,0009) come before the integer one.
    if (!result->reader.ReadUpToTag(gdcm::Tag(0x7FE0, 0x0008), std::set<gdcm::Tag>()))
      throw std::runtime_error("the DICOM header cannot be read");
    result->filter.SetFile(result->reader.GetFile());
    const auto &set = result->reader.GetFile().GetDataSet();
    result->shared = sequence(set, gdcm::Tag(0x5200, 0x9229));
    result->frames = sequence(set, gdcm::Tag(0x5200, 0x9230));
    *dicom = result.release();
  });
}

int64_t citk_dicom_group_count(const citk_dicom *dicom) {
  return dicom->frames ? static_cast<int64_t>(dicom->frames->GetNumberOfItems()) : 0;
}

citk_status citk_dicom_text(
    const citk_dicom *dicom, uint16_t group, uint16_t element, char *text, int64_t capacity) {
  return citk::guarded([&] {
    const gdcm::Tag tag(group, element);
    const auto &file = dicom->reader.GetFile();
    const bool present = group == 2 ? file.GetHeader().FindDataElement(tag)
                                    : file.GetDataSet().FindDataElement(tag);
    copy(present ? dicom->filter.ToString(tag) : std::string(), text, capacity);
  });
}

citk_status citk_dicom_frame_text(
    const citk_dicom *dicom, int64_t frame, uint32_t group, uint32_t tag, char *text,
    int64_t capacity) {
  return citk::guarded([&] {
    const gdcm::DataElement *found = nullptr;
    if (dicom->frames && frame < citk_dicom_group_count(dicom))
      found = inGroup(
          dicom->frames->GetItem(frame + 1).GetNestedDataSet(), unpacked(group), unpacked(tag));
    if (!found && dicom->shared && dicom->shared->GetNumberOfItems() > 0)
      found = inGroup(
          dicom->shared->GetItem(1).GetNestedDataSet(), unpacked(group), unpacked(tag));
    copy(found ? dicom->filter.ToString(*found) : std::string(), text, capacity);
  });
}

void citk_dicom_close(citk_dicom *dicom) { delete dicom; }
