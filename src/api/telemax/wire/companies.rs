//! Companies (contract 1.4).

use serde::Serialize;
use utoipa::ToSchema;

use super::Envelope;
use crate::api::openapi::shapes;
use crate::domain::company::Company;
use crate::domain::ids::CompanyId;

/// A page of companies, and how the vendor's products write times.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::CompaniesDto)]
pub struct CompaniesDto {
    /// The page.
    #[serde(flatten)]
    pub page: Envelope<CompanyDto>,
    /// `yyyy-MM-dd HH:mm:ss`.
    pub date_time_format: &'static str,
    /// IANA name: the caller's company's.
    pub timezone: String,
    /// How far the time zone is ahead of UTC now: `10:00:00`, `-05:00:00`.
    pub utc_offset: String,
}

/// A company.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::CompanyDto)]
pub struct CompanyDto {
    /// The number.
    pub id: i64,
    /// Shown name.
    pub name: String,
    /// The company above it; null for the caller's own.
    pub parent_id: Option<i64>,
    /// Always false: Belfry sends no commands to devices.
    pub show_commands: bool,
    /// 0 for the caller's own company, 1 for those right below it.
    pub level: i32,
    /// Keys are shown once, where they are made, and never handed out here.
    #[schema(schema_with = shapes::null)]
    pub api_key: Option<()>,
}

impl CompanyDto {
    /// What lies above the caller's own company is not the caller's to know.
    pub fn new(company: Company, level: i32, root: Option<CompanyId>) -> Self {
        let parent = company.parent_id.filter(|_| root != Some(company.id));
        Self {
            id: company.id.0,
            name: company.name,
            parent_id: parent.map(|id| id.0),
            show_commands: false,
            level,
            api_key: None,
        }
    }
}
